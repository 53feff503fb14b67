import { FakeApi, failure } from "@reference-architecture/shared/testing";
import { onlineManager } from "@tanstack/react-query";
import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, test, vi } from "vitest";
import { button, heading, renderApp } from "../test/render-app.tsx";

const rows = () => screen.queryAllByRole("listitem").map((row) => row.textContent);
const inOrder = (...names: string[]) => names.map((name) => expect.stringContaining(name));
const row = async (name: string) => {
  const found = (await screen.findByText(name)).closest("li");
  if (found === null) throw new Error(`${name} is in no row`);
  return found;
};

/** An answer that waits for its word. */
function held(answer: () => Response) {
  let release = () => {};
  const waiting = new Promise<Response>((resolve) => {
    release = () => resolve(answer());
  });
  return [waiting, () => act(release)] as const;
}

/** As when the reader comes back after a while: the list is asked for again. */
async function comeBack(fake: FakeApi) {
  const before = fake.sent("GET /api/example").length;
  const later = Date.now() + 60_000;
  vi.spyOn(Date, "now").mockReturnValue(later);
  act(() => void window.dispatchEvent(new Event("visibilitychange")));
  await waitFor(() => expect(fake.sent("GET /api/example")).toHaveLength(before + 1));
}

afterEach(() => onlineManager.setOnline(true));

describe("the list", () => {
  test("is a skeleton until it is there, then newest first", async () => {
    let arrive = () => {};
    const waiting = new Promise<Response>((resolve) => {
      arrive = () => resolve(Response.json({ data: fake.examples, page: { next: null } }));
    });
    const fake = new FakeApi().with("older", "newer").plan("GET /api/example", waiting);
    renderApp(fake);
    expect(await screen.findByText("Loading the examples")).toBeInTheDocument();
    act(arrive);
    await row("newer");
    expect(rows()).toEqual([expect.stringContaining("newer"), expect.stringContaining("older")]);
  });

  test("that is empty says how to begin", async () => {
    renderApp(new FakeApi());
    expect(await heading("Nothing here yet")).toBeVisible();
  });

  test("that failed tells why, with the request id, and can be asked for again", async () => {
    const message = "Something broke.";
    const user = renderApp(
      new FakeApi().with("one").plan("GET /api/example", failure(500, "internal", { message })),
    );
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent(message);
    expect(alert).toHaveTextContent("req-1");
    await user.click(await button("Try again"));
    expect(await heading("Examples")).toHaveFocus();
    await row("one");
  });

  test("that goes on takes the focus from the button that asked for it to the first row that came", async () => {
    // Nothing is near: only the button asks.
    vi.stubGlobal(
      "IntersectionObserver",
      class {
        observe() {}
        disconnect() {}
      },
    );
    const fake = new FakeApi().with("third", "second", "first");
    fake.pageSize = 1;
    const user = renderApp(fake);
    for (const name of ["second", "third"]) {
      await user.click(await button("Load more"));
      expect(await row(name)).toHaveFocus();
    }
  });

  test("begins again where its next page is refused, as old cursors may be", async () => {
    vi.stubGlobal(
      "IntersectionObserver",
      class {
        observe() {}
        disconnect() {}
      },
    );
    const fake = new FakeApi().with("second", "first");
    fake.pageSize = 1;
    const user = renderApp(fake);
    await row("first");
    const data = fake.examples.slice(0, 1);
    const [again, release] = held(() => Response.json({ data, page: { next: "1" } }));
    fake.plan("GET /api/example", failure(400, "invalid_input"), again);
    await user.click(await button("Load more"));
    await user.click(await button("Try again"));
    expect(await button("Load more")).toHaveAttribute("aria-disabled", "true");
    expect(screen.queryByText(/^Could not be refreshed/)).toBeNull();
    release();
    await waitFor(async () =>
      expect(await button("Load more")).toHaveAttribute("aria-disabled", "false"),
    );
    await user.click(await button("Load more"));
    await row("second");
    const cursors = fake.sent("GET /api/example").map(({ url }) => new URL(url).search);
    expect(cursors).toEqual(["", "?cursor=1", "", "?cursor=1"]);
  });

  test("that could not be refreshed says why, with the request id, and can be asked for again", async () => {
    const fake = new FakeApi().with("one");
    const user = renderApp(fake);
    await row("one");
    fake.plan("GET /api/example", failure(500, "internal"));
    await comeBack(fake);
    const said = await screen.findByText(/^Could not be refreshed\./);
    expect(said).toHaveTextContent("Failed: internal");
    expect(said).toHaveTextContent("req-1");
    const [again, release] = held(() => Response.json({ data: [], page: { next: null } }));
    fake.plan("GET /api/example", again);
    await user.click(await button("Refresh"));
    expect(screen.queryByText(/Could not be refreshed/)).toBeNull();
    expect(await heading("Examples")).toHaveFocus();
    release();
    await heading("Nothing here yet");
  });

  test("that is empty says so when that is what was last loaded", async () => {
    renderApp(new FakeApi());
    await heading("Nothing here yet");
    act(() => onlineManager.setOnline(false));
    expect(await screen.findByText("Offline. Showing what was last loaded.")).toBeVisible();
  });

  test("appears by itself when the connection is back", async () => {
    const fake = new FakeApi().with("one");
    renderApp(fake);
    // What this deployment is has been asked already.
    act(() => onlineManager.setOnline(false));
    expect(await heading("You are offline")).toBeVisible();
    expect(fake.sent("GET /api/example")).toEqual([]);
    act(() => onlineManager.setOnline(true));
    await row("one");
  });

  test("that was there before the connection went says how old it is until that is back", async () => {
    renderApp(new FakeApi().with("one"));
    await row("one");
    act(() => onlineManager.setOnline(false));
    expect(await screen.findByText("Offline. Showing what was last loaded.")).toBeVisible();
    expect(screen.getByRole("link", { name: /About/ })).toHaveTextContent("Offline");
    act(() => onlineManager.setOnline(true));
    await waitFor(() => expect(screen.queryByText(/Offline/)).toBeNull());
  });
});

type User = ReturnType<typeof renderApp>;
const goElsewhere = async (user: User) => {
  await user.click(screen.getByRole("link", { name: /About/ }));
  await heading("About this deployment");
};
const goBack = (user: User) => user.click(screen.getByRole("link", { name: /home/ }));
const elsewhereAndBack = async (user: User) => {
  await goElsewhere(user);
  await goBack(user);
};
const asksBeforeLoss = () => !window.dispatchEvent(new Event("beforeunload", { cancelable: true }));

describe("adding", () => {
  const field = () => screen.findByRole("textbox", { name: "New example" });

  test("puts it on top, empties the field for the next one and keeps the focus there", async () => {
    const user = renderApp(new FakeApi().with("old"));
    await user.type(await field(), "  new  {Enter}");
    await row("new");
    expect(rows()[0]).toContain("new");
    expect(await field()).toHaveValue("");
    expect(await field()).toHaveFocus();
    expect(screen.getByText("Added new")).toBeInTheDocument();
  });

  test("nothing asks for a name and sends nothing", async () => {
    const fake = new FakeApi();
    const user = renderApp(fake);
    await user.type(await field(), "   {Enter}");
    expect(await field()).toHaveAccessibleDescription("Enter a name.");
    expect(await field()).toBeInvalid();
    expect(fake.sent("POST /api/example")).toEqual([]);
  });

  test("shows what the API says about the name, until it is changed", async () => {
    const fields = { name: "At most 200 characters." };
    const user = renderApp(
      new FakeApi().plan("POST /api/example", failure(400, "invalid_input", { fields })),
    );
    await user.type(await field(), "long{Enter}");
    await waitFor(async () => expect(await field()).toHaveAccessibleDescription(fields.name));
    await user.type(await field(), "er");
    expect(await field()).toHaveAccessibleDescription("");
  });

  test("quotes the request id of a failure that is not about the name", async () => {
    const user = renderApp(
      new FakeApi().plan("POST /api/example", failure(500, "internal", { message: "Broken." })),
    );
    await user.type(await field(), "one{Enter}");
    await waitFor(async () =>
      expect(await field()).toHaveAccessibleDescription("Broken. (request req-1)"),
    );
  });

  test("says that it is tried again while the server does not answer, and stores it once", async () => {
    let arrive = () => {};
    const held = new Promise<Response>((resolve) => {
      arrive = () => resolve(failure(503, "unavailable"));
    });
    const fake = new FakeApi().plan("POST /api/example", "answer lost", held);
    const user = renderApp(fake);
    await user.type(await field(), "one{Enter}");
    expect(await screen.findByText("The server is not responding. Trying again…")).toBeVisible();
    act(arrive);
    await row("one");
    expect(fake.examples).toHaveLength(1);
  });

  test("waits for the connection while there is none", async () => {
    const fake = new FakeApi().with("old");
    const user = renderApp(fake);
    await row("old");
    act(() => onlineManager.setOnline(false));
    await user.type(await field(), "later{Enter}");
    expect(
      await screen.findByText("Offline. This will be sent when you are back online."),
    ).toBeVisible();
    expect(fake.sent("POST /api/example")).toEqual([]);
    act(() => onlineManager.setOnline(true));
    await row("later");
  });

  test("that waits is in the form again after another page, and cannot be sent a second time", async () => {
    const fake = new FakeApi().with("old");
    const user = renderApp(fake);
    await row("old");
    act(() => onlineManager.setOnline(false));
    await user.type(await field(), "later{Enter}");
    await elsewhereAndBack(user);
    expect(await field()).toHaveValue("later");
    expect(
      await screen.findByText("Offline. This will be sent when you are back online."),
    ).toBeVisible();
    await user.type(await field(), "{Enter}");
    act(() => onlineManager.setOnline(true));
    await row("later");
    expect(await field()).toHaveValue("");
    expect(fake.sent("POST /api/example")).toHaveLength(1);
  });

  test("that waits has the browser ask before the page is closed, on every page of it", async () => {
    const user = renderApp(new FakeApi().with("old"));
    await row("old");
    expect(asksBeforeLoss()).toBe(false);
    act(() => onlineManager.setOnline(false));
    await user.type(await field(), "later{Enter}");
    await waitFor(() => expect(asksBeforeLoss()).toBe(true));
    await user.click(screen.getByRole("link", { name: /About/ }));
    expect(asksBeforeLoss()).toBe(true);
    act(() => onlineManager.setOnline(true));
    await waitFor(() => expect(asksBeforeLoss()).toBe(false));
  });

  test("that failed is in the form again after another page, and is still the same one", async () => {
    const turns = Array.from({ length: 6 }, () => "answer lost" as const);
    const fake = new FakeApi().plan("POST /api/example", ...turns);
    const user = renderApp(fake);
    await user.type(await field(), "once{Enter}");
    await waitFor(async () => expect(await field()).toBeInvalid());
    await elsewhereAndBack(user);
    expect(await field()).toBeInvalid();
    await user.type(await field(), "{Enter}");
    await row("once");
    await waitFor(() => expect(fake.sent("POST /api/example")).toHaveLength(7));
    expect(fake.examples).toHaveLength(1);
  });
});

describe("renaming", () => {
  async function rename(fake: FakeApi, meanwhile: () => unknown = () => {}) {
    const user = renderApp(fake);
    await user.click(await button("Rename old"));
    await meanwhile();
    // The old name is selected: what is typed takes its place.
    await user.keyboard("mine{Enter}");
    return user;
  }
  const first = (fake: FakeApi) => fake.examples[0]?.id ?? "";

  test("happens in the row and gives the focus back to it", async () => {
    const fake = new FakeApi().with("old");
    await rename(fake);
    await waitFor(async () => expect(await button("Rename mine")).toHaveFocus());
    expect(fake.examples[0]).toMatchObject({ name: "mine", version: 2 });
  });

  test("to the same name, or to nothing, sends nothing", async () => {
    const fake = new FakeApi().with("old");
    const user = renderApp(fake);
    await user.click(await button("Rename old"));
    await user.keyboard("{Enter}");
    expect(await button("Rename old")).toHaveFocus();
    await user.click(await button("Rename old"));
    await user.keyboard(" {Enter}");
    expect(await screen.findByText("Enter a name.")).toBeVisible();
    expect(fake.requests.some(({ method }) => method === "PATCH")).toBe(false);
  });

  const refusedAs = (said: string) => failure(400, "invalid_input", { fields: { name: said } });

  test("back to the name of before is sent where something that was sent may be stored", async () => {
    const fake = new FakeApi().with("old");
    const turns = Array.from({ length: 6 }, () => "answer lost" as const);
    fake.plan(`PATCH /api/example/${first(fake)}`, ...turns, refusedAs("Too long."));
    const user = await rename(fake);
    const field = await screen.findByRole("textbox", { name: "New name for old" });
    await waitFor(() => expect(field).toBeInvalid());
    expect(fake.examples[0]?.name).toBe("mine");
    await user.type(field, "!{Enter}");
    await waitFor(() => expect(field).toHaveAccessibleDescription("Too long."));
    await user.clear(field);
    await user.type(field, "old{Enter}");
    expect(await screen.findByRole("region", { name: /Changed elsewhere/ })).toHaveTextContent(
      "mine",
    );
    await user.click(await button("Use yours"));
    await waitFor(async () => expect(await button("Rename old")).toHaveFocus());
    expect(fake.examples[0]?.name).toBe("old");
  });

  test("back to the name of before sends nothing where all that was sent was refused", async () => {
    const fake = new FakeApi().with("old");
    fake.plan(`PATCH /api/example/${first(fake)}`, refusedAs("Too long."));
    const user = await rename(fake);
    const field = await screen.findByRole("textbox", { name: "New name for old" });
    await waitFor(() => expect(field).toBeInvalid());
    await user.clear(field);
    await user.type(field, "old{Enter}");
    expect(await button("Rename old")).toHaveFocus();
    expect(fake.examples[0]?.version).toBe(1);
  });

  test("that was refused says why until the name is changed", async () => {
    const fake = new FakeApi().with("old");
    const said = "At most 200 characters.";
    fake.plan(`PATCH /api/example/${first(fake)}`, refusedAs(said));
    const user = await rename(fake);
    const field = await screen.findByRole("textbox", { name: "New name for old" });
    await waitFor(() => expect(field).toHaveAccessibleDescription(said));
    await user.type(field, "!");
    expect(field).toHaveAccessibleDescription("");
    expect(field).toBeValid();
  });

  test("is left by Escape without a trace", async () => {
    const fake = new FakeApi().with("old");
    const user = renderApp(fake);
    await user.click(await button("Rename old"));
    await user.keyboard("mine{Escape}");
    expect(await button("Rename old")).toHaveFocus();
    expect(fake.requests.some(({ method }) => method === "PATCH")).toBe(false);
  });

  test("is not left by the Escape that ends the writing of a word", async () => {
    const user = renderApp(new FakeApi().with("old"));
    await user.click(await button("Rename old"));
    const field = await screen.findByRole("textbox", { name: "New name for old" });
    fireEvent.keyDown(field, { key: "Escape", isComposing: true });
    expect(field).toBeVisible();
  });

  test("is not left while it waits to be saved, which cannot be taken back", async () => {
    const fake = new FakeApi().with("old");
    const user = renderApp(fake);
    await user.click(await button("Rename old"));
    act(() => onlineManager.setOnline(false));
    await user.keyboard("mine{Enter}");
    expect(
      await screen.findByText("Offline. This will be sent when you are back online."),
    ).toBeVisible();
    await user.click(await button("Cancel"));
    await user.keyboard("{Escape}");
    expect(screen.getByText("Offline. This will be sent when you are back online.")).toBeVisible();
    act(() => onlineManager.setOnline(true));
    await row("mine");
  });

  test("shows a change from elsewhere beside the own one, and writes nothing until told", async () => {
    const fake = new FakeApi().with("old");
    const user = await rename(fake, () => fake.rename(first(fake), "theirs"));
    const conflict = await screen.findByRole("region", { name: /Changed elsewhere/ });
    expect(within(conflict).getByText("theirs")).toBeVisible();
    expect(within(conflict).getByText("mine")).toBeVisible();
    expect(within(conflict).getByRole("heading")).toHaveFocus();
    expect(fake.examples[0]?.name).toBe("theirs");
    await user.click(await button("Use yours"));
    await row("mine");
    expect(fake.examples[0]).toMatchObject({ name: "mine", version: 3 });
  });

  test("shows it as well when the list itself was loaded anew meanwhile", async () => {
    const fake = new FakeApi().with("old");
    await rename(fake, async () => {
      fake.rename(first(fake), "theirs");
      await comeBack(fake);
    });
    expect(await screen.findByRole("region", { name: /Changed elsewhere/ })).toHaveTextContent(
      "theirs",
    );
    expect(fake.examples[0]?.name).toBe("theirs");
  });

  test("keeps the focus in the row when the own name is decided for", async () => {
    const fake = new FakeApi().with("old");
    const user = await rename(fake, () => fake.rename(first(fake), "theirs"));
    const [waiting, release] = held(() => failure(500, "internal"));
    fake.plan(`PATCH /api/example/${first(fake)}`, waiting);
    await user.click(await button("Use yours"));
    const field = await screen.findByRole("textbox", { name: "New name for old" });
    expect(field).toHaveFocus();
    release();
    await waitFor(() => expect(field).toBeInvalid());
    expect(field).toHaveFocus();
  });

  test("shows it again to who goes back to the old name when the own one is refused", async () => {
    const fake = new FakeApi().with("old");
    const user = await rename(fake, () => fake.rename(first(fake), "theirs"));
    const overwrite = await button("Use yours");
    fake.plan(`PATCH /api/example/${first(fake)}`, refusedAs("Too long."));
    await user.click(overwrite);
    const field = await screen.findByRole("textbox", { name: "New name for old" });
    await waitFor(() => expect(field).toBeInvalid());
    await user.clear(field);
    await user.type(field, "old{Enter}");
    await user.click(await button("Use yours"));
    await row("old");
    expect(fake.examples[0]?.name).toBe("old");
  });

  test("can give way to the change from elsewhere", async () => {
    const fake = new FakeApi().with("old");
    const user = await rename(fake, () => fake.rename(first(fake), "theirs"));
    await user.click(await button("Keep theirs"));
    expect(await button("Rename theirs")).toHaveFocus();
    expect(fake.examples[0]).toMatchObject({ name: "theirs", version: 2 });
  });

  test("does not lose what was typed when the example is gone", async () => {
    const fake = new FakeApi().with("old");
    const user = await rename(fake, () => fake.remove(first(fake)));
    expect(await heading(/Deleted elsewhere/)).toHaveFocus();
    await user.click(await button("Add as new"));
    await waitFor(() => expect(rows()).toEqual([expect.stringContaining("mine")]));
    expect(screen.getByText("Added mine")).toBeInTheDocument();
    expect(await row("mine")).toHaveFocus();
  });

  test("adds what was typed once, however often that is pressed and whatever the list does", async () => {
    const fake = new FakeApi().with("old");
    await rename(fake, () => fake.remove(first(fake)));
    await heading(/Deleted elsewhere/);
    const [waiting, release] = held(() => failure(503, "unavailable"));
    fake.plan("POST /api/example", waiting);
    fake.plan("GET /api/example", new Promise(() => {}));
    const add = await button("Add as new");
    act(() => {
      fireEvent.click(add);
      fireEvent.click(add);
    });
    expect(await button("Adding…")).toHaveAttribute("aria-disabled", "true");
    release();
    await button("Rename mine");
    expect(rows()).toHaveLength(1);
    expect(fake.examples).toHaveLength(1);
    expect(fake.sent("POST /api/example")).toHaveLength(2);
  });

  test("lets go of what is gone, and the focus moves to the next row", async () => {
    const fake = new FakeApi().with("next", "old");
    const user = await rename(fake, () => fake.remove(first(fake)));
    await user.click(await button("Discard"));
    expect(rows()).toEqual([expect.stringContaining("next")]);
    expect(await row("next")).toHaveFocus();
  });

  test("keeps the row and what is typed in it when the list no longer brings it", async () => {
    const fake = new FakeApi().with("third", "old", "first");
    const user = await rename(fake, async () => {
      fake.remove(fake.examples[1]?.id ?? "");
      fake.with("newest");
      await comeBack(fake);
      await row("newest");
    });
    expect(await heading(/Deleted elsewhere/)).toHaveFocus();
    await comeBack(fake);
    expect(rows()).toEqual(inOrder("newest", "first", "mine", "third"));
    await user.click(await button("Add as new"));
    await waitFor(() => expect(rows()).toEqual(inOrder("mine", "newest", "first", "third")));
  });

  test("that is left after the list lost the row moves the focus to the next one", async () => {
    const fake = new FakeApi().with("next", "old");
    const user = renderApp(fake);
    await user.click(await button("Rename old"));
    fake.remove(first(fake));
    fake.with("newest");
    await comeBack(fake);
    await row("newest");
    await user.keyboard("{Escape}");
    expect(await row("next")).toHaveFocus();
    expect(rows()).toHaveLength(2);
  });
});

describe("a rename that is left while it waits", () => {
  const invalid = () => failure(400, "invalid_input", { fields: { name: "must be shorter" } });

  /** It is sent while its reader is on another page. */
  async function leave(fake: FakeApi, meanwhile: (id: string) => void) {
    const user = renderApp(fake);
    await user.click(await button("Rename old"));
    act(() => onlineManager.setOnline(false));
    await user.keyboard("mine{Enter}");
    await goElsewhere(user);
    const id = fake.examples.find(({ name }) => name === "old")?.id ?? "";
    meanwhile(id);
    act(() => onlineManager.setOnline(true));
    await waitFor(() => expect(fake.sent(`PATCH /api/example/${id}`)).toHaveLength(1));
    return user;
  }
  const patch = (id: string) => `PATCH /api/example/${id}`;

  test("is saved without a word", async () => {
    const user = await leave(new FakeApi().with("old"), () => {});
    await waitFor(() => expect(asksBeforeLoss()).toBe(false));
    await goBack(user);
    await row("mine");
    expect(screen.queryByRole("alert")).toBeNull();
  });

  test("and refused is told with its reason, and asked about before the page is closed", async () => {
    const fake = new FakeApi().with("old");
    const user = await leave(fake, (id) => fake.plan(patch(id), invalid(), invalid()));
    await waitFor(() => expect(asksBeforeLoss()).toBe(true));
    await goBack(user);
    const said = "mine could not be saved. Must be shorter";
    expect(await screen.findByRole("alert")).toHaveTextContent(said);
    // It can be refused again, and is told again.
    await user.click(await button("Try again"));
    await waitFor(() => expect(screen.getByRole("alert")).toHaveTextContent(said));
    await user.click(await button("Try again"));
    await row("mine");
    expect(screen.queryByRole("alert")).toBeNull();
    expect(asksBeforeLoss()).toBe(false);
  });

  test("and refused is told on the page where its reader is", async () => {
    const fake = new FakeApi().with("old");
    const user = await leave(fake, (id) => fake.plan(patch(id), invalid()));
    expect(await screen.findByRole("alert")).toHaveTextContent("mine could not be saved.");
    expect(await heading("About this deployment")).toBeVisible();
    await user.click(await button("Try again"));
    await waitFor(() => expect(screen.queryByRole("alert")).toBeNull());
    await waitFor(() => expect(fake.examples[0]?.name).toBe("mine"));
  });

  test("and refused can be given up", async () => {
    const fake = new FakeApi().with("old");
    const user = await leave(fake, (id) => fake.plan(patch(id), invalid()));
    await goBack(user);
    await user.click(await button("Discard"));
    expect(screen.queryByRole("alert")).toBeNull();
    expect(await row("old")).toHaveFocus();
    expect(asksBeforeLoss()).toBe(false);
  });

  test("and met a change from elsewhere lets its reader decide", async () => {
    const fake = new FakeApi().with("old");
    const user = await leave(fake, (id) => fake.rename(id, "theirs"));
    await goBack(user);
    expect(await screen.findByRole("alert")).toHaveTextContent(/^mine was not saved.*now theirs/);
    await user.click(await button("Use yours"));
    await row("mine");
    expect(fake.examples[0]).toMatchObject({ name: "mine", version: 3 });
  });

  test("and met a deletion can be added as a new one, once", async () => {
    const fake = new FakeApi().with("old");
    const user = await leave(fake, (id) => fake.remove(id));
    await goBack(user);
    expect(await screen.findByRole("alert")).toHaveTextContent(/^mine was not saved.*deleted/);
    fake.plan("POST /api/example", failure(500, "internal"));
    await user.click(await button("Add as new"));
    await waitFor(() => expect(screen.getByRole("alert")).toHaveTextContent("Failed: internal"));
    await user.dblClick(await button("Add as new"));
    await row("mine");
    expect(screen.queryByRole("alert")).toBeNull();
    expect(screen.getByText("Added mine")).toBeInTheDocument();
    expect(rows()).toHaveLength(1);
    expect(fake.examples).toHaveLength(1);
    expect(asksBeforeLoss()).toBe(false);
  });

  test("and added as a new one leaves room to tell of the next that is refused", async () => {
    const fake = new FakeApi().with("other", "old");
    const user = await leave(fake, (id) => fake.remove(id));
    await goBack(user);
    await user.click(await button("Add as new"));
    await row("mine");
    const other = fake.examples.at(-1)?.id ?? "";
    const [waiting, release] = held(invalid);
    fake.plan(patch(other), waiting);
    await user.click(await button("Rename other"));
    await user.keyboard("next{Enter}");
    await elsewhereAndBack(user);
    release();
    expect(await screen.findByRole("alert")).toHaveTextContent("next could not be saved.");
  });

  test("and met a deletion can be given up, and the row goes with it", async () => {
    const fake = new FakeApi().with("next", "old");
    const user = await leave(fake, (id) => fake.remove(id));
    await goBack(user);
    await user.click(await button("Discard"));
    expect(screen.queryByRole("alert")).toBeNull();
    expect(rows()).toEqual(inOrder("next"));
  });
});

describe("deleting", () => {
  test("moves the focus to the next row, and Control Z brings both back", async () => {
    const fake = new FakeApi().with("third", "second", "first");
    const user = renderApp(fake);
    await user.click(await button("Delete second"));
    expect(rows()).toHaveLength(2);
    expect(await row("third")).toHaveFocus();
    await user.keyboard("{Control>}z{/Control}");
    expect(await row("second")).toHaveFocus();
    expect(screen.queryByText("Undo")).toBeNull();
    expect(fake.requests.some(({ method }) => method === "DELETE")).toBe(false);
  });

  test.each([
    ["z", true, { key: "z", code: "KeyZ" }],
    ["z under Caps Lock", true, { key: "Z", code: "KeyZ" }],
    ["я in its place", true, { key: "я", code: "KeyZ" }],
    ["y in its place", false, { key: "y", code: "KeyZ" }],
    ["z and Shift, which does things again,", false, { key: "Z", code: "KeyZ", shiftKey: true }],
  ])("is undone by Control and %s: %j", async (_, isBack, press) => {
    const user = renderApp(new FakeApi().with("one"));
    await user.click(await button("Delete one"));
    fireEvent.keyDown(document.body, { ctrlKey: true, ...press });
    expect(screen.queryByRole("button", { name: "Undo" }) === null).toBe(isBack);
  });

  test("takes one row, though the next slides under the second press of a double one", async () => {
    const fake = new FakeApi().with("third", "second", "first");
    const user = renderApp(fake);
    await user.click(await button("Delete first"));
    fireEvent.click(await button("Delete second"), { detail: 2 });
    expect(rows()).toEqual(inOrder("second", "third"));
    expect(fake.requests.some(({ method }) => method === "DELETE")).toBe(false);
  });

  test("of the last one leaves the empty page, with the offer to undo", async () => {
    const user = renderApp(new FakeApi().with("only"));
    await user.click(await button("Delete only"));
    expect(await heading("Nothing here yet")).toBeVisible();
    await user.click(await button("Undo"));
    await row("only");
  });

  test("is sent when the page is closed before its time", async () => {
    const fake = new FakeApi().with("one");
    const user = renderApp(fake);
    await user.click(await button("Delete one"));
    window.dispatchEvent(new Event("pagehide"));
    await waitFor(() => expect(fake.examples).toEqual([]));
  });

  test("that can be undone still is asked about before a page is closed that cannot send it", async () => {
    const user = renderApp(new FakeApi().with("one"));
    await user.click(await button("Delete one"));
    expect(asksBeforeLoss()).toBe(false);
    act(() => onlineManager.setOnline(false));
    expect(asksBeforeLoss()).toBe(true);
    await user.click(await button("Undo"));
    expect(asksBeforeLoss()).toBe(false);
  });

  test("of what was changed elsewhere asks again", async () => {
    const fake = new FakeApi().with("one");
    const user = renderApp(fake);
    await user.click(await button("Delete one"));
    fake.rename(fake.examples[0]?.id ?? "", "theirs");
    window.dispatchEvent(new Event("pagehide"));
    expect(await screen.findByRole("alert")).toHaveTextContent("theirs");
    await button("Rename theirs");
    expect(fake.examples).toHaveLength(1);
    await user.click(await button("Keep it"));
    expect(screen.queryByRole("alert")).toBeNull();
    expect(await row("theirs")).toHaveFocus();
  });

  test("that was refused after its page was left is told on the page where its reader is", async () => {
    const fake = new FakeApi().with("one");
    fake.plan(`DELETE /api/example/${fake.examples[0]?.id}`, failure(500, "internal"));
    const user = renderApp(fake);
    await user.click(await button("Delete one"));
    await goElsewhere(user);
    expect(await screen.findByRole("alert")).toHaveTextContent("one could not be deleted.");
    await user.click(await button("Try again"));
    expect(await heading("About this deployment")).toHaveFocus();
    await button("Undo");
    window.dispatchEvent(new Event("pagehide"));
    await waitFor(() => expect(fake.examples).toEqual([]));
  });

  test("that was refused after its page was left is told on the way back", async () => {
    const fake = new FakeApi().with("one");
    const [waiting, release] = held(() => failure(500, "internal"));
    fake.plan(`DELETE /api/example/${fake.examples[0]?.id}`, waiting);
    const user = renderApp(fake);
    await user.click(await button("Delete one"));
    await elsewhereAndBack(user);
    await heading("Examples");
    expect(rows()).toEqual([]);
    await goElsewhere(user);
    release();
    await goBack(user);
    expect(await screen.findByRole("alert")).toHaveTextContent("one could not be deleted.");
    expect(rows()).toEqual(inOrder("one"));
  });

  test("that is insisted on can be undone like the first, and the focus moves on like then", async () => {
    const fake = new FakeApi().with("next", "one");
    const user = renderApp(fake);
    await user.click(await button("Delete one"));
    fake.rename(fake.examples[0]?.id ?? "", "theirs");
    window.dispatchEvent(new Event("pagehide"));
    await user.click(await button("Delete anyway"));
    expect(rows()).toEqual(inOrder("next"));
    expect(await row("next")).toHaveFocus();
    await user.click(await button("Undo"));
    expect(await row("theirs")).toHaveFocus();
  });

  test("is told to screen readers again when the same one is deleted again", async () => {
    const user = renderApp(new FakeApi().with("one"));
    const said = () => screen.queryByText(/^Deleted one\. Control Z undoes it/);
    await user.click(await button("Delete one"));
    const first = said();
    await user.click(await button("Undo"));
    await user.click(await button("Delete one"));
    expect(said()).toBeInTheDocument();
    expect(said()).not.toBe(first);
  });
});
