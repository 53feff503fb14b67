import { UNDO_TIME } from "@reference-architecture/shared";
import { FakeApi, failure } from "@reference-architecture/shared/testing";
import { onlineManager } from "@tanstack/react-query";
import { act, fireEvent, screen, waitFor } from "@testing-library/react-native";
import { AccessibilityInfo, AppState, type AppStateStatus } from "react-native";
import { announced, button, heading, press, renderApp } from "../test/render-app.ts";

const row = (name: string) => screen.findByRole("link", { name: new RegExp(`^${name}`) });
const rows = () =>
  screen.queryAllByTestId(/^swipe /).map(({ props }) => String(props.testID).slice(6));
const remove = async (name: string) => {
  const nativeEvent = { actionName: "delete" };
  const found = await row(name);
  // The phone answers at once whether a screen reader is on.
  await act(async () => fireEvent(found, "accessibilityAction", { nativeEvent }));
};
const list = () => screen.getByTestId("examples");
const pull = () => act(() => list().props.refreshControl.props.onRefresh());
/** What the phone tells everybody in the app who listens. */
const tell = (state: AppStateStatus) =>
  act(() => {
    for (const [, hear] of jest.mocked(AppState.addEventListener).mock.calls) hear(state);
  });
const pass = (time: number) => act(() => jest.advanceTimersByTimeAsync(time));

describe("the list", () => {
  test("keeps its place while it is on its way, then is there, newest first", async () => {
    let arrive = () => {};
    const held = new Promise<Response>((resolve) => {
      arrive = () => resolve(Response.json({ data: fake.examples, page: { next: null } }));
    });
    const fake = new FakeApi().with("older", "newer").plan("GET /api/example", held);
    renderApp(fake);
    expect(await screen.findByLabelText("Loading the examples")).toBeVisible();
    act(arrive);
    await row("newer");
    expect(rows()).toEqual(["newer", "older"]);
    expect(screen.getByText("Shared with everyone at acme, newest first")).toBeVisible();
  });

  test("that is empty says how to begin", async () => {
    renderApp(new FakeApi());
    expect(await heading("Nothing here yet")).toBeVisible();
  });

  test("that failed tells why, with the request id, and can be asked for again", async () => {
    const broken = failure(500, "internal", { message: "something broke" });
    renderApp(new FakeApi().with("one").plan("GET /api/example", broken));
    expect(await screen.findByText("Something broke")).toBeVisible();
    expect(announced()).toContain("The list could not be loaded. Something broke");
    expect(screen.getByText("Request req-1")).toBeVisible();
    await press("Try again");
    await row("one");
  });

  test("appears by itself when the connection is back", async () => {
    let arrive = () => {};
    const fake = new FakeApi().with("one");
    const held = new Promise<Response>((resolve) => {
      arrive = () => resolve(Response.json({ data: fake.config }));
    });
    renderApp(fake.plan("GET /api/config", held));
    await screen.findByText("One moment…");
    act(() => onlineManager.setOnline(false));
    expect(await screen.findByText(/^You are offline. This will continue/)).toBeVisible();
    expect(announced().at(-1)).toMatch(/^You are offline. This will continue/);
    act(arrive);
    expect(await heading("You are offline")).toBeVisible();
    expect(announced().at(-1)).toBe("You are offline");
    act(() => onlineManager.setOnline(true));
    await row("one");
  });

  test("stays as it was last loaded while there is no connection, and says so", async () => {
    renderApp(new FakeApi().with("one"));
    await row("one");
    act(() => onlineManager.setOnline(false));
    expect(await screen.findByText("Offline. Showing what was last loaded.")).toBeVisible();
    expect(announced()).toContain("Offline. Showing what was last loaded.");
    act(() => onlineManager.setOnline(true));
    await waitFor(() => expect(screen.queryByText(/Offline/)).toBeNull());
  });

  test("is asked for anew when it is pulled", async () => {
    const fake = new FakeApi().with("one");
    renderApp(fake);
    await row("one");
    fake.with("two");
    await pull();
    await row("two");
  });

  test("is asked for anew when the app is looked at again, and not while it is not", async () => {
    const fake = new FakeApi().with("one");
    renderApp(fake);
    await row("one");
    tell("background");
    fake.with("two");
    await pass(11_000);
    expect(fake.sent("GET /api/example")).toHaveLength(1);
    tell("active");
    await row("two");
  });

  test("that could not be refreshed stays, and says so", async () => {
    const fake = new FakeApi().with("one");
    renderApp(fake);
    await row("one");
    fake.plan("GET /api/example", failure(500, "internal"));
    await pull();
    expect(await screen.findByText("Could not be refreshed")).toBeVisible();
    await row("one");
    await press("Refresh");
    await waitFor(() => expect(screen.queryByText("Could not be refreshed")).toBeNull());
  });

  test("goes on when its end is near", async () => {
    const fake = new FakeApi().with("three", "two", "one");
    fake.pageSize = 2;
    renderApp(fake);
    await row("two");
    fireEvent(list(), "endReached");
    await row("three");
    expect(rows()).toEqual(["one", "two", "three"]);
    expect(screen.queryByText("Load more")).toBeNull();
  });

  test("keeps what it has when the rest does not come, and asks again only when told", async () => {
    const fake = new FakeApi().with("two", "one");
    fake.pageSize = 1;
    renderApp(fake);
    await row("one");
    fake.plan("GET /api/example", failure(500, "internal"));
    await press("Load more");
    expect(await screen.findByText(/The rest could not be loaded/)).toBeVisible();
    expect(announced().at(-1)).toMatch(/^The rest could not be loaded/);
    expect(screen.getByText("Request req-1")).toBeVisible();
    fireEvent(list(), "endReached");
    // A request leaves only after its middleware was waited for.
    await pass(0);
    expect(fake.sent("GET /api/example")).toHaveLength(2);
    await press("Try again");
    await row("two");
  });

  test("begins again where the server no longer takes its cursor", async () => {
    const fake = new FakeApi().with("two", "one");
    fake.pageSize = 1;
    renderApp(fake);
    await row("one");
    fake.plan("GET /api/example", failure(400, "invalid_input"));
    await press("Load more");
    expect(await screen.findByText(/The rest could not be loaded/)).toBeVisible();
    await press("Try again");
    await press("Load more");
    await row("two");
    const cursors = fake.sent("GET /api/example").map(({ url }) => new URL(url).search);
    expect(cursors).toEqual(["", "?cursor=1", "", "?cursor=1"]);
    expect(announced()).not.toContain("Could not be refreshed");
  });
});

describe("a deletion", () => {
  test("can be undone, and then was never sent", async () => {
    const fake = new FakeApi().with("one");
    renderApp(fake);
    await remove("one");
    expect(await heading("Nothing here yet")).toBeVisible();
    await press("Undo");
    await row("one");
    await pass(UNDO_TIME);
    expect(fake.requests.some(({ method }) => method === "DELETE")).toBe(false);
  });

  test("is carried out when its time is over", async () => {
    const fake = new FakeApi().with("one");
    renderApp(fake);
    await remove("one");
    await pass(UNDO_TIME);
    await waitFor(() => expect(fake.examples).toEqual([]));
    expect(screen.queryByText("Undo")).toBeNull();
  });

  test("waits for a screen reader, however long that takes", async () => {
    jest.mocked(AccessibilityInfo.isScreenReaderEnabled).mockResolvedValueOnce(true);
    const fake = new FakeApi().with("one");
    renderApp(fake);
    await remove("one");
    await pass(10 * UNDO_TIME);
    expect(await button("Undo")).toBeVisible();
    expect(fake.requests.some(({ method }) => method === "DELETE")).toBe(false);
  });

  test("waits while its button has the focus", async () => {
    const fake = new FakeApi().with("one");
    renderApp(fake);
    await remove("one");
    fireEvent(await button("Undo"), "focus");
    await pass(10 * UNDO_TIME);
    expect(fake.requests.some(({ method }) => method === "DELETE")).toBe(false);
    fireEvent(await button("Undo"), "blur");
    await pass(UNDO_TIME);
    await waitFor(() => expect(fake.examples).toEqual([]));
  });

  test("is sent when the app is left", async () => {
    const fake = new FakeApi().with("one");
    renderApp(fake);
    await remove("one");
    await button("Undo");
    tell("background");
    await waitFor(() => expect(fake.examples).toEqual([]));
    tell("active");
  });

  test("of what was changed elsewhere asks again", async () => {
    const fake = new FakeApi().with("one");
    renderApp(fake);
    await remove("one");
    fake.rename(fake.examples[0]?.id ?? "", "theirs");
    await pass(UNDO_TIME);
    expect(await screen.findByText(/changed elsewhere and is now theirs/)).toBeVisible();
    expect(announced().at(-1)).toMatch(/changed elsewhere and is now theirs/);
    await row("theirs");
    await press("Delete anyway");
    await pass(UNDO_TIME);
    await waitFor(() => expect(fake.examples).toEqual([]));
  });

  test("that is refused brings the example back, with the request id", async () => {
    const fake = new FakeApi().with("one");
    fake.plan(`DELETE /api/example/${fake.examples[0]?.id}`, failure(500, "internal"));
    renderApp(fake);
    await remove("one");
    await pass(UNDO_TIME);
    expect(await screen.findByText("Request req-1")).toBeVisible();
    await press("Keep it");
    await row("one");
    await waitFor(() => expect(screen.queryByText(/could not be deleted/)).toBeNull());
  });
});
