import type { FakeApi } from "@reference-architecture/shared/testing";
import { appAround } from "@reference-architecture/shared/testing";
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { MemoryRouter } from "react-router";
import { App } from "../app.tsx";
import { Announcer } from "../shell/announcer.tsx";

/** The whole page at an address, with the fake in the place of the network. */
export function renderApp(fake: FakeApi, address = "/") {
  const Around = appAround(fake);
  render(
    <Around>
      <MemoryRouter initialEntries={[address]}>
        <Announcer>
          <App />
        </Announcer>
      </MemoryRouter>
    </Around>,
  );
  return userEvent.setup();
}

export const button = (name: string | RegExp) => screen.findByRole("button", { name });
export const heading = (name: string | RegExp) => screen.findByRole("heading", { name });
/** In the account menu, whose popover jsdom keeps closed: that it opens is tested in a browser. */
export const menuButton = (name: string) => screen.findByRole("button", { name, hidden: true });
