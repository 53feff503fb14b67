import {
  type Mutation,
  type QueryClient,
  useIsMutating,
  useMutationState,
  useQueryClient,
} from "@tanstack/react-query";
import {
  letGo,
  type Rename,
  type RenameOutcome,
  useCreateExample,
  useRenameExample,
} from "./examples.ts";
import { wording } from "./messages.ts";
import { keys } from "./query-client.ts";
import type { Example } from "./types.ts";

type Renaming = Mutation<RenameOutcome, Error, Rename>;

/** Its form is gone while it is sent: from here on somebody else has to tell what became of it. */
export function leaveRename(client: QueryClient, { id }: Example) {
  const isIts = ({ state }: Mutation) => (state.variables as Rename).example.id === id;
  const filters = { mutationKey: keys.renaming, status: "pending", predicate: isIts } as const;
  for (const write of client.getMutationCache().findAll(filters)) {
    write.setOptions({ ...write.options, meta: { isLeft: true } });
  }
}

const lost = {
  mutationKey: keys.renaming,
  predicate({ meta, state }: Mutation) {
    const isSaved = (state.data as RenameOutcome | undefined)?.kind === "saved";
    return meta?.isLeft === true && state.status !== "pending" && !isSaved;
  },
};

/** Whether something that was written is not stored yet. */
export function useHasUnsaved(): boolean {
  const unsent = useIsMutating({ mutationKey: keys.examples });
  const unsaved = useMutationState({ filters: lost });
  return unsent + unsaved.length > 0;
}

/** The oldest rename that came to nothing after its form was left, and what can be done about it. */
export function useLeftRename(onAdded: (created: Example) => void) {
  const client = useQueryClient();
  const [left] = useMutationState({ filters: lost, select: (each) => each as Renaming });
  const { mutate } = useRenameExample({ isLeft: true });
  const { example, name = "" } = left?.state.variables ?? {};
  const creation = useCreateExample(example?.id);
  if (left === undefined || example === undefined) return null;

  const { data: outcome, error } = left.state;
  const discard = () => client.getMutationCache().remove(left);
  const save = (base: Example) => {
    discard();
    mutate({ example: base, name });
  };
  if (outcome?.kind === "conflict") {
    const { current } = outcome;
    return {
      example: current,
      said: ["", name, " was not saved: it was changed elsewhere and is now ", current.name],
      error: null,
      again: { label: "Use yours", isPending: false, act: () => save(current) },
      discard: { label: "Keep theirs", act: discard },
    };
  }
  if (error) {
    return {
      example,
      said: ["", name, ` could not be saved. ${wording(error, "name")}`],
      error,
      again: { label: "Try again", isPending: false, act: () => save(example) },
      discard: { label: "Discard", act: discard },
    };
  }
  const isPending = creation.status === "pending";
  const refused = creation.error ? ` ${wording(creation.error, "name")}` : "";
  return {
    example,
    said: ["", name, ` was not saved: the example was deleted elsewhere.${refused}`],
    error: creation.error,
    again: {
      label: isPending ? "Adding…" : "Add as new",
      isPending,
      act: () => creation.create(name, onAdded),
    },
    discard: { label: "Discard", act: () => letGo(client, example.id) },
  };
}
