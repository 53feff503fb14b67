import { FakeApi, failure } from "@reference-architecture/shared/testing";
import { onlineManager } from "@tanstack/react-query";
import { act, fireEvent, screen, waitFor } from "@testing-library/react-native";
import { router } from "expo-router";
import { announced, button, field, heading, press, renderApp, type } from "../test/render-app.ts";

const first = (fake: FakeApi) => fake.examples[0]?.id ?? "";
const openDetail = (fake: FakeApi) => renderApp(fake, `/example/${first(fake)}`);

describe("an example", () => {
  test("is opened from the list without being asked for", async () => {
    const fake = new FakeApi().with("one");
    renderApp(fake);
    fireEvent.press(await screen.findByRole("link", { name: /^one/ }));
    expect(await heading("one")).toBeVisible();
    expect(fake.sent(`GET /api/example/${first(fake)}`)).toEqual([]);
  });

  test("is loaded where the list is not, with its times and its version", async () => {
    openDetail(new FakeApi().with("one"));
    expect(await heading("one")).toBeVisible();
    for (const label of ["Created", "Changed", "Version"]) {
      expect(screen.getByText(label)).toBeVisible();
    }
  });

  test("that failed to load tells why, and can be asked for again", async () => {
    const fake = new FakeApi().with("one");
    fake.plan(`GET /api/example/${first(fake)}`, failure(500, "internal"));
    // The list below would bring it too.
    fake.plan("GET /api/example", new Promise(() => {}));
    openDetail(fake);
    expect(await screen.findByText("Request req-1")).toBeVisible();
    await press("Try again");
    expect(await heading("one")).toBeVisible();
  });

  test("that is not there says so and leads back", async () => {
    renderApp(new FakeApi(), "/example/00000000-0000-7000-8000-000000000009");
    expect(await heading("Nothing here any more")).toBeVisible();
    await press("Go to the examples");
    expect(await heading("Nothing here yet")).toBeVisible();
  });

  test("that is gone when it is asked for again says so, unless it is being renamed", async () => {
    const fake = new FakeApi().with("one");
    openDetail(fake);
    await press("Rename");
    await type("New name", "mine");
    const id = first(fake);
    fake.remove(id);
    const comeBack = () => act(() => onlineManager.setOnline(true));
    act(() => onlineManager.setOnline(false));
    await act(() => jest.advanceTimersByTimeAsync(11_000));
    comeBack();
    await waitFor(() => expect(fake.sent(`GET /api/example/${id}`)).toHaveLength(2));
    expect((await field("New name")).props.value).toBe("mine");
    await press("Cancel");
    expect(await heading("Nothing here any more")).toBeVisible();
  });

  test("that is deleted leaves its screen, with the offer to undo on the list", async () => {
    openDetail(new FakeApi().with("one"));
    await press("Delete");
    await press("Undo");
    expect(await screen.findByRole("link", { name: /^one/ })).toBeVisible();
  });
});

describe("a rename", () => {
  async function rename(fake: FakeApi, meanwhile: () => unknown = () => {}) {
    openDetail(fake);
    await press("Rename");
    meanwhile();
    await type("New name", "mine");
    await press("Save");
  }

  test("shows at once", async () => {
    const fake = new FakeApi().with("old");
    await rename(fake);
    expect(await heading("mine")).toBeVisible();
    expect(fake.examples[0]).toMatchObject({ name: "mine", version: 2 });
    const [sent] = fake.requests.filter(({ method }) => method === "PATCH");
    expect(sent?.headers.get("if-match")).toBe('"1"');
  });

  test("to nothing asks for a name", async () => {
    const fake = new FakeApi().with("old");
    openDetail(fake);
    await press("Rename");
    await type("New name", "  ");
    expect(await screen.findByText("Enter a name.")).toBeVisible();
    expect(announced()).toContain("Enter a name.");
    await press("Cancel");
    expect(await heading("old")).toBeVisible();
  });

  test("shows a change from elsewhere beside the own one, and writes nothing until told", async () => {
    const fake = new FakeApi().with("old");
    await rename(fake, () => fake.rename(first(fake), "theirs"));
    expect(await heading(/Changed elsewhere/)).toBeVisible();
    expect(announced().at(-1)).toMatch(/^Changed elsewhere/);
    expect(screen.getByText("theirs")).toBeVisible();
    expect(screen.getByText("mine")).toBeVisible();
    expect(fake.examples[0]?.name).toBe("theirs");
    await press("Use yours");
    expect(await heading("mine")).toBeVisible();
    expect(fake.examples[0]).toMatchObject({ name: "mine", version: 3 });
  });

  test("can give way to the change from elsewhere", async () => {
    const fake = new FakeApi().with("old");
    await rename(fake, () => fake.rename(first(fake), "theirs"));
    await press("Keep theirs");
    expect(await heading("theirs")).toBeVisible();
    expect(fake.examples[0]).toMatchObject({ name: "theirs", version: 2 });
  });

  test("is not left while it waits to be saved, which cannot be taken back", async () => {
    const fake = new FakeApi().with("old");
    openDetail(fake);
    await press("Rename");
    act(() => onlineManager.setOnline(false));
    await type("New name", "mine");
    await press("Save");
    expect(await button("Saving…")).toBeDisabled();
    expect(await button("Cancel")).toBeDisabled();
    await press("Cancel");
    expect(await field("New name")).toBeVisible();
    act(() => onlineManager.setOnline(true));
    expect(await heading("mine")).toBeVisible();
  });

  test("does not lose what was typed when the example is gone", async () => {
    const fake = new FakeApi().with("old");
    await rename(fake, () => fake.remove(first(fake)));
    expect(await heading(/Deleted elsewhere/)).toBeVisible();
    await press("Add as new");
    expect(await screen.findByRole("link", { name: /^mine/ })).toBeVisible();
    expect(announced()).toContain("Added mine");
  });

  test("says that adding what was typed takes its time, and keeps it until then", async () => {
    const fake = new FakeApi().with("old");
    await rename(fake, () => fake.remove(first(fake)));
    await heading(/Deleted elsewhere/);
    act(() => onlineManager.setOnline(false));
    await press("Add as new");
    expect(await button("Adding…")).toBeDisabled();
    expect(await button("Discard")).toBeDisabled();
    expect(screen.getByText(/^Offline/)).toBeVisible();
    expect(announced().at(-1)).toMatch(/^Offline/);
    act(() => onlineManager.setOnline(true));
    expect(await screen.findByRole("link", { name: /^mine/ })).toBeVisible();
  });
});

describe("a rename whose screen is left while it waits", () => {
  async function leave(fake: FakeApi, meanwhile: () => unknown) {
    renderApp(fake);
    fireEvent.press(await screen.findByRole("link", { name: /^old/ }));
    await press("Rename");
    act(() => onlineManager.setOnline(false));
    await type("New name", "mine");
    await press("Save");
    await button("Saving…");
    act(() => router.back());
    expect(await screen.findByRole("link", { name: /^old/ })).toBeVisible();
    meanwhile();
    act(() => onlineManager.setOnline(true));
  }

  test("is told where its reader is when it was refused, and can be sent again", async () => {
    const fake = new FakeApi().with("old");
    await leave(fake, () =>
      fake.plan(`PATCH /api/example/${first(fake)}`, failure(500, "internal")),
    );
    expect(await screen.findByText(/^mine could not be saved\./)).toBeVisible();
    expect(announced().at(-1)).toMatch(/^mine could not be saved\./);
    expect(screen.getByText("Request req-1")).toBeVisible();
    await press("Try again");
    expect(await screen.findByRole("link", { name: /^mine/ })).toBeVisible();
  });

  test("lets its reader decide when it met a change from elsewhere", async () => {
    const fake = new FakeApi().with("old");
    await leave(fake, () => fake.rename(first(fake), "theirs"));
    expect(await screen.findByText(/^mine was not saved.* now theirs$/)).toBeVisible();
    await press("Keep theirs");
    await waitFor(() => expect(screen.queryByText(/was not saved/)).toBeNull());
    expect(fake.examples[0]).toMatchObject({ name: "theirs", version: 2 });
  });

  test("can be added as a new one when it met a deletion", async () => {
    const fake = new FakeApi().with("old");
    await leave(fake, () => fake.remove(first(fake)));
    await press("Add as new");
    expect(await screen.findByRole("link", { name: /^mine/ })).toBeVisible();
    expect(announced()).toContain("Added mine");
  });
});

describe("a new example", () => {
  const openForm = (fake: FakeApi) => {
    renderApp(fake);
    return press("New");
  };

  test("is added once, however often it has to be sent, and shown on top", async () => {
    const fake = new FakeApi().with("old").plan("POST /api/example", "answer lost");
    await openForm(fake);
    await type("Name", "  new ");
    await press("Add");
    expect(await screen.findByRole("link", { name: /^new/ })).toBeVisible();
    expect(fake.examples.map(({ name }) => name)).toEqual(["new", "old"]);
    const keys = fake
      .sent("POST /api/example")
      .map(({ headers }) => headers.get("idempotency-key"));
    expect(keys).toHaveLength(2);
    expect(new Set(keys).size).toBe(1);
  });

  test("without a name is not sent", async () => {
    const fake = new FakeApi();
    await openForm(fake);
    await press("Add");
    expect(await screen.findByText("Enter a name.")).toBeVisible();
    expect(fake.sent("POST /api/example")).toEqual([]);
  });

  test("that the API refuses is told at the field, in its words", async () => {
    const fields = { name: "at most 200 characters" };
    await openForm(
      new FakeApi().plan("POST /api/example", failure(400, "invalid_input", { fields })),
    );
    await type("Name", "long");
    await press("Add");
    expect(await screen.findByText("At most 200 characters")).toBeVisible();
    expect((await field("Name")).props.accessibilityHint).toBe("At most 200 characters");
  });

  test("waits for the connection while there is none", async () => {
    const fake = new FakeApi();
    await openForm(fake);
    act(() => onlineManager.setOnline(false));
    await type("Name", "later");
    await press("Add");
    expect(
      await screen.findByText("Offline. This will be sent when you are back online."),
    ).toBeVisible();
    expect(await button("Adding…")).toBeDisabled();
    act(() => onlineManager.setOnline(true));
    await waitFor(() => expect(fake.examples).toHaveLength(1));
  });
});
