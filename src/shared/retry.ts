import { ApiError } from "./errors.ts";

/** Fewer than for a write: a reader waits for them without a word, and has a button to try again. */
const READ_RETRIES = 2;
/** A write outlives the replacement of the instance that it was sent to. */
const WRITE_RETRIES = 5;

const FIRST_WAIT = 500;
const LONGEST_WAIT = 8_000;
/** A server that asks for more than this is not waited for. */
const PATIENCE = 30_000;

/** No answer, too many requests, and what a gateway or an instance says when it cannot serve right now. */
const PASSING = new Set([0, 429, 502, 503, 504]);

export const retryRead = (failures: number, error: unknown) =>
  failures < READ_RETRIES && passes(error);

/** Only for writes that may be sent twice: by their idempotency key, by `If-Match`, or by their nature. */
export const retryWrite = (failures: number, error: unknown) =>
  failures < WRITE_RETRIES && passes(error);

function passes(error: unknown): boolean {
  return (
    error instanceof ApiError && PASSING.has(error.status) && (error.retryAfter ?? 0) <= PATIENCE
  );
}

/** Doubles with each failure; half of it is chance, so that clients that failed together come back apart. */
export function retryDelay(failures: number, error: unknown): number {
  const wait = Math.min(FIRST_WAIT * 2 ** failures, LONGEST_WAIT);
  const jittered = wait / 2 + (Math.random() * wait) / 2;
  const asked = error instanceof ApiError ? (error.retryAfter ?? 0) : 0;
  return asked + jittered;
}
