import {
  type InfiniteData,
  type Mutation,
  type MutationState,
  type QueryClient,
  useInfiniteQuery,
  useMutation,
  useMutationState,
  useQuery,
  useQueryClient,
} from "@tanstack/react-query";
import { type Api, send } from "./client.ts";
import { isStatus } from "./errors.ts";
import type { WriteMeta } from "./flush-writes.ts";
import { wording } from "./messages.ts";
import { keys, useApi } from "./query-client.ts";
import type { Example, ExamplePage } from "./types.ts";

/** Newest first, page by page. */
export function useExamples() {
  const api = useApi();
  return useInfiniteQuery({
    queryKey: keys.examples,
    initialPageParam: null as string | null,
    queryFn: ({ pageParam, signal }) => {
      const query = pageParam === null ? {} : { cursor: pageParam };
      return send(
        (bounded) => api.GET("/api/example", { params: { query }, signal: bounded }),
        signal,
      );
    },
    getNextPageParam: (last) => last.page.next ?? null,
    select: (loaded) => loaded.pages.flatMap((page) => page.data),
  });
}

/** One example: at once as the list knows it, where it does. */
export function useExample(id: string) {
  const api = useApi();
  const client = useQueryClient();
  const list = client.getQueryState<List>(keys.examples);
  return useQuery({
    queryKey: keys.example(id),
    queryFn: async ({ signal }) => {
      const params = { path: { id } };
      const get = (bounded: AbortSignal) =>
        api.GET("/api/example/{id}", { params, signal: bounded });
      return (await send(get, signal)).data;
    },
    initialData: () => listed(list?.data, id),
    initialDataUpdatedAt: () => list?.dataUpdatedAt,
  });
}

/** What failed waits for whoever wrote it, however long they stay elsewhere; what was stored is kept with it. */
const KEPT = Number.POSITIVE_INFINITY;

/** An hour less than the server remembers a key: an attempt may be long on its way. */
const KEY_LIFE = 23 * 60 * 60_000;

const MAYBE_STORED =
  "This may have been added a day ago. If it is not in the list, add it once more.";

/** `replaces` is the id of an example that is gone, where the new one takes its place. */
export type Draft = { name: string; key: string; replaces: string | undefined; sentAt?: number };
type Creation = MutationState<Example, Error, Draft>;

type CreateOptions = {
  isLeft?: boolean;
  /** Unlike what `create` is given, it is called though who asked for it is gone. */
  onStored?: (example: Example) => void;
};

/**
 * `create` makes one example however often it has to be sent: the key stays the same over automatic retries, and when
 * somebody sends the same name again after all of them failed; once the server may have forgotten it, they are asked to
 * look instead. How far it has come outlives the form that it came from.
 */
export function useCreateExample(
  replaces?: string,
  { isLeft = false, onStored }: CreateOptions = {},
) {
  const api = useApi();
  const client = useQueryClient();
  const mutationKey = keys.creation(replaces ?? "form");
  const last = useMutationState<Creation>({ filters: { mutationKey } }).at(-1);
  const { mutate } = useMutation({
    mutationKey,
    gcTime: KEPT,
    meta: { isLeft, lossOf } satisfies WriteMeta,
    mutationFn: async (draft: Draft) => {
      const { name, key } = draft;
      draft.sentAt ??= Date.now();
      if (Date.now() - draft.sentAt > KEY_LIFE) throw new Error(MAYBE_STORED);
      const header = { "Idempotency-Key": key };
      const answer = await send((signal) =>
        api.POST("/api/example", { params: { header }, body: { name }, signal }),
      );
      return answer.data;
    },
    onSuccess: (created) => {
      // After lost answers the list may have brought it before this one did.
      const isNew = listed(client.getQueryData<List>(keys.examples), created.id) === undefined;
      changeList(client, (examples, page) =>
        isNew && page === 0 ? [created, ...examples] : examples,
      );
      if (replaces !== undefined) letGo(client, replaces);
      onStored?.(created);
    },
  });
  const create = (name: string, onCreated?: (example: Example) => void) => {
    // A second press may come before anybody is shown what became of the first.
    if (client.isMutating({ mutationKey }) > 0) return;
    const isAgain = last?.status === "error" && last.variables?.name === name;
    const again = isAgain && last.error?.message !== MAYBE_STORED && last.variables;
    // It takes the place of the one before, which nobody is to be told of any more.
    const writes = client.getMutationCache();
    for (const write of writes.findAll({ mutationKey })) writes.remove(write);
    mutate(again || { name, key: newKey(), replaces }, {
      onSuccess: (created) => onCreated?.(created),
    });
  };
  const { status = "idle", isPaused = false, failureCount = 0, error = null } = last ?? {};
  return { status, isPaused, failureCount, error, name: last?.variables?.name, create };
}

export type Rename = { example: Example; name: string };

export type RenameOutcome =
  | { kind: "saved"; example: Example }
  /** Somebody else's change came first; nothing was written. */
  | { kind: "conflict"; current: Example }
  | { kind: "gone" };

export function useRenameExample(isLeft = false) {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationKey: keys.renaming,
    gcTime: KEPT,
    meta: { isLeft, lossOf } satisfies WriteMeta,
    // It takes the place of those that failed, which nobody is to be told of any more.
    onMutate: ({ example }) => dropRenames(client, example.id, "error"),
    mutationFn: async (change: Rename): Promise<RenameOutcome> => {
      const { id } = change.example;
      try {
        const answer = await send((signal) =>
          api.PATCH("/api/example/{id}", {
            params: { path: { id }, header: ifMatch(change.example) },
            body: { name: change.name },
            signal,
          }),
        );
        return { kind: "saved", example: answer.data };
      } catch (error) {
        if (isStatus(error, 404)) return { kind: "gone" };
        if (!isStatus(error, 412)) throw error;
        const current = await find(api, id);
        if (current === null) return { kind: "gone" };
        // After a lost answer the second attempt meets the version that the first one wrote.
        if (current.name === change.name) return { kind: "saved", example: current };
        return { kind: "conflict", current };
      }
    },
    onSuccess: (outcome) => {
      // What is gone stays in the list until its reader lets go of it: their text is still in it.
      if (outcome.kind === "saved") replace(client, outcome.example);
      if (outcome.kind === "conflict") replace(client, outcome.current);
    },
  });
}

/** Why what was written is stored nowhere, in words; every second part is a name. */
export function lossOf({ state }: Mutation): string[] | null {
  const { variables, data, error } = state as MutationState<
    RenameOutcome | Example,
    Error,
    Rename | Draft
  >;
  const name = variables?.name ?? "";
  if (error) return ["", name, ` could not be saved. ${wording(error, "name")}`];
  const outcome = data && "kind" in data ? data : undefined;
  if (outcome?.kind === "gone")
    return ["", name, " was not saved: the example was deleted elsewhere."];
  if (outcome?.kind !== "conflict") return null;
  return ["", name, " was not saved: it was changed elsewhere and is now ", outcome.current.name];
}

type DeleteOutcome = { kind: "deleted" } | { kind: "conflict"; current: Example };

export function useDeleteExample() {
  const api = useApi();
  const client = useQueryClient();
  return useMutation({
    mutationKey: keys.deletion,
    gcTime: KEPT,
    meta: { isLeft: true, lossOf: refusalOf } satisfies WriteMeta,
    mutationFn: async (example: Example): Promise<DeleteOutcome> => {
      const { id } = example;
      try {
        await send((signal) =>
          api.DELETE("/api/example/{id}", {
            params: { path: { id }, header: ifMatch(example) },
            // Lets a browser finish it after its page was closed.
            keepalive: true,
            signal,
          }),
        );
        return { kind: "deleted" };
      } catch (error) {
        if (isStatus(error, 404)) return { kind: "deleted" };
        if (!isStatus(error, 412)) throw error;
        const current = await find(api, id);
        return current === null ? { kind: "deleted" } : { kind: "conflict", current };
      }
    },
    onSuccess: (outcome, { id }) => {
      if (outcome.kind === "deleted") forget(client, id);
      else replace(client, outcome.current);
    },
  });
}

/** Why an example is still there: an error, or a change from elsewhere that made it what it is now. */
type DeleteProblem = { example: Example; error: Error | null };

export function problemIn({ state }: Mutation): DeleteProblem | null {
  const { variables, data, error } = state as MutationState<DeleteOutcome, Error, Example>;
  if (error && variables) return { example: variables, error };
  return data?.kind === "conflict" ? { example: data.current, error: null } : null;
}

/** The problem in words; every second part is a name. */
export const refusal = ({ example: { name }, error }: DeleteProblem) =>
  error === null
    ? ["Not deleted: it was changed elsewhere and is now ", name]
    : ["", name, ` could not be deleted. ${error.message}`];

function refusalOf(write: Mutation) {
  const problem = problemIn(write);
  return problem && refusal(problem);
}

const ifMatch = ({ version }: Example) => ({ "If-Match": `"${version}"` });

async function find(api: Api, id: string): Promise<Example | null> {
  try {
    const params = { path: { id } };
    return (await send((signal) => api.GET("/api/example/{id}", { params, signal }))).data;
  } catch (error) {
    if (isStatus(error, 404)) return null;
    throw error;
  }
}

/** Has to be unique among one user's keys for a day, not secret. */
function newKey(): string {
  const random = () => Math.random().toString(36).slice(2);
  return `${Date.now().toString(36)}-${random()}${random()}`;
}

function replace(client: QueryClient, next: Example) {
  changeList(client, (examples) => examples.map((each) => (each.id === next.id ? next : each)));
  client.setQueryData<Example>(keys.example(next.id), (known) => known && next);
}

const forget = (client: QueryClient, id: string) =>
  changeList(client, (examples) => examples.filter((each) => each.id !== id));

/** Of an example that is gone, what waited for its reader's word: the row, and the name that came too late for it. */
export function letGo(client: QueryClient, id: string) {
  dropRenames(client, id, "success");
  forget(client, id);
}

function dropRenames(client: QueryClient, id: string, status: "success" | "error") {
  const writes = client.getMutationCache();
  const predicate = ({ state }: Mutation) => (state.variables as Rename).example.id === id;
  const renames = writes.findAll({ mutationKey: keys.renaming, status, predicate });
  for (const rename of renames) writes.remove(rename);
}

type List = InfiniteData<ExamplePage>;

const listed = (list: List | undefined, id: string) =>
  list?.pages.flatMap((page) => page.data).find((each) => each.id === id);

function changeList(client: QueryClient, change: (of: Example[], page: number) => Example[]) {
  const queryKey = keys.examples;
  client.setQueryData<List>(queryKey, (loaded) => {
    if (loaded === undefined) return loaded;
    const pages = loaded.pages.map((page, index) => ({ ...page, data: change(page.data, index) }));
    return { ...loaded, pages };
  });
  if (client.isFetching({ queryKey }) === 0) return;
  // A fetch under way may have read the list before the change, and would take it back. Cancelled first: the very first
  // fetch of a list would be waited for instead of made anew.
  void client.cancelQueries({ queryKey }).then(() => client.invalidateQueries({ queryKey }));
}
