import { ApiError } from "@reference-architecture/shared";

/** The API's own words about the name, or what else went wrong with the number to ask about it. */
export function nameError(error: Error | null): string | null {
  if (error === null) return null;
  if (!(error instanceof ApiError)) return error.message;
  if (error.fields.name !== undefined) return error.fields.name;
  return error.requestId === null ? error.message : `${error.message} (request ${error.requestId})`;
}

type Progress = { isPending: boolean; isPaused: boolean; failureCount: number };

/** A write that does not succeed at once says why it takes so long. */
export function progress({ isPending, isPaused, failureCount }: Progress): string | null {
  if (!isPending) return null;
  if (isPaused) return "Offline. Sent when the connection is back.";
  return failureCount > 0 ? "The server does not answer. Trying again…" : null;
}
