import {
  type Mutation,
  type MutationFilters,
  type QueryClient,
  useIsMutating,
  useMutationState,
  useQueryClient,
} from "@tanstack/react-query";
import {
  type Draft,
  letGo,
  lossOf,
  type Rename,
  type RenameOutcome,
  useCreateExample,
  useRenameExample,
} from "./examples.ts";
import { wording } from "./messages.ts";
import { keys } from "./query-client.ts";
import type { Example } from "./types.ts";

type Write = Mutation<RenameOutcome | Example, Error, Rename | Draft>;

/** Its form is gone while it is sent: from here on somebody else has to tell what became of it. */
export function leaveRename(client: QueryClient, { id }: Example) {
  const isIts = ({ state }: Mutation) => (state.variables as Rename).example.id === id;
  mark(client, { mutationKey: keys.renaming, status: "pending", predicate: isIts }, true);
  mark(client, { mutationKey: keys.creation(id), status: "pending" }, true);
}

/** The same for the form for new examples, which tells of what was left when it is there again. */
export function keepCreation(client: QueryClient) {
  const mutationKey = keys.creation("form");
  mark(client, { mutationKey }, false);
  return () => mark(client, { mutationKey, status: "pending" }, true);
}

function mark(client: QueryClient, filters: MutationFilters, isLeft: boolean) {
  for (const write of client.getMutationCache().findAll(filters)) {
    write.setOptions({ ...write.options, meta: { ...write.meta, isLeft } });
  }
}

const lost = {
  mutationKey: keys.examples,
  // What became of a deletion is told where it can be undone.
  predicate: (write: Mutation) =>
    write.meta?.isLeft === true && write.meta.lossOf === lossOf && lossOf(write) !== null,
};

/** Whether something that was written is not stored yet. */
export function useHasUnsaved(): boolean {
  const unsent = useIsMutating({ mutationKey: keys.users });
  const unsaved = useMutationState({ filters: lost });
  return unsent + unsaved.length > 0;
}

/** The oldest rename or creation that came to nothing after its form was left, and what can be done about it. */
export function useLeftWrite(onAdded: (created: Example) => void) {
  const client = useQueryClient();
  const [left] = useMutationState({ filters: lost, select: (each) => each as Write });
  const { mutate } = useRenameExample(true);
  const { variables, data, error = null } = left?.state ?? {};
  const name = variables?.name ?? "";
  const example = variables && "example" in variables ? variables.example : undefined;
  const replaces = variables && "replaces" in variables ? variables.replaces : example?.id;
  const creation = useCreateExample(replaces, {
    isLeft: example === undefined,
    // While it is sent nothing is left, and this hook is of another write.
    onStored: onAdded,
  });
  const said = left && lossOf(left as Mutation);
  if (left === undefined || !said) return null;

  const discard = () => client.getMutationCache().remove(left);
  const save = (change: Rename) => {
    discard();
    mutate(change);
  };
  const add = () => creation.create(name);
  const act = (label: string, act: () => void, isPending = false) => ({ label, act, isPending });
  const told = { example, said, error };
  if (example === undefined) {
    const drop = () => {
      discard();
      if (replaces !== undefined) letGo(client, replaces);
    };
    return { ...told, again: act("Try again", add), discard: act("Discard", drop) };
  }
  if (error) {
    const again = act("Try again", () => save({ example, name }));
    return { ...told, again, discard: act("Discard", discard) };
  }
  if (data && "kind" in data && data.kind === "conflict") {
    const again = act("Use yours", () => save({ example: data.current, name }));
    return { ...told, again, discard: act("Keep theirs", discard) };
  }
  const isPending = creation.status === "pending";
  const refused = creation.error ? ` ${wording(creation.error, "name")}` : "";
  return {
    example,
    said: ["", name, `${said[2]}${refused}`],
    error: creation.error,
    again: act(isPending ? "Adding…" : "Add as new", add, isPending),
    discard: act("Discard", () => letGo(client, example.id)),
  };
}
