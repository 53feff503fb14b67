import type { Mutation, QueryClient } from "@tanstack/react-query";
import { isStatus } from "./errors.ts";
import { keys } from "./query-client.ts";

/** What a user's write has in its `meta`, of whatever resource. */
export type WriteMeta = {
  /** Nobody shows what becomes of it, as its form would. */
  isLeft: boolean;
  /** Why what was wanted has not come to be, in words; every second part is a name. `null` where it has. */
  lossOf: (write: Mutation) => string[] | null;
};

const unsent = new Set<() => void>();

/** Has `flushWrites` send what waits for its time, until the function that it gives is called. */
export function whenFlushed(send: () => void): () => void {
  unsent.add(send);
  return () => void unsent.delete(send);
}

/** Of these its reader was told: who leaves all the same lets go of them. */
const told = new WeakSet<Mutation>();

/**
 * Before their user goes: sends at once what waits anywhere, and waits until nothing is under way, whatever is written
 * meanwhile. Throws what was lost and nobody could be told of later; called again, it drops that.
 */
export async function flushWrites(client: QueryClient) {
  const writes = client.getMutationCache();
  const sent = new Set<Mutation>();
  const pending = () => writes.findAll({ mutationKey: keys.users, status: "pending" });
  for (;;) {
    for (const send of unsent) send();
    const underWay = pending();
    if (underWay.length === 0) break;
    for (const write of underWay) sent.add(write);
    await new Promise<void>((resolve) => {
      // What is taken out, because its user is gone, never ends.
      const stop = writes.subscribe(() => {
        if (pending().length > 0) return;
        stop();
        resolve();
      });
    });
  }

  const lost = writes.findAll({ mutationKey: keys.users }).flatMap((write) => {
    const said = sent.has(write) || write.meta?.isLeft === true ? lossOf(write) : null;
    return said === null ? [] : [{ write, said }];
  });
  const untold = lost.filter(({ write }) => !told.has(write));
  for (const { write } of untold) told.add(write);
  if (untold.length > 0) throw new Error(untold.map(({ said }) => said.join("")).join("; "));
  for (const { write } of lost) writes.remove(write);
}

function lossOf(write: Mutation): string[] | null {
  const { error } = write.state;
  // Without a session there is none to keep.
  if (isStatus(error, 401)) return null;
  const { lossOf } = (write.meta ?? {}) as Partial<WriteMeta>;
  if (lossOf) return lossOf(write);
  return error && [`Something could not be saved. ${error.message}`];
}
