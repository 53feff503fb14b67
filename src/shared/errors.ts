/** The `error` object of the API's failure envelope, as far as it could be read. */
type Failure = {
  code?: string | undefined;
  message?: string | undefined;
  requestId?: string | undefined;
  fields?: Record<string, string> | null | undefined;
};

/**
 * A request that did not succeed, whoever is to blame. `status` is 0 when no answer came: no network, the
 * server or the sign-in service gone, or the time limit passed.
 */
export class ApiError extends Error {
  override readonly name = "ApiError";
  readonly status: number;
  readonly code: string;
  /** What an operator finds the request by; absent when nothing answered. */
  readonly requestId: string | null;
  readonly fields: Readonly<Record<string, string>>;
  /** How long the server asks to be left alone, in milliseconds. */
  readonly retryAfter: number | null;

  constructor(
    status: number,
    failure: Failure,
    retryAfter: number | null = null,
    options?: ErrorOptions,
  ) {
    super(
      sentence(failure.message ?? `The server gave an unexpected answer (${status}).`),
      options,
    );
    this.status = status;
    this.code = failure.code ?? "unknown";
    this.requestId = failure.requestId ?? null;
    const fields = Object.entries(failure.fields ?? {});
    this.fields = Object.fromEntries(fields.map(([name, fault]) => [name, sentence(fault)]));
    this.retryAfter = retryAfter;
  }

  static unreachable(cause?: unknown, who = "The server"): ApiError {
    const message = `${who} could not be reached.`;
    return new ApiError(0, { code: "unreachable", message }, null, { cause });
  }

  static timedOut(): ApiError {
    return new ApiError(0, { code: "timed_out", message: "The server took too long to answer." });
  }

  /** Reads what a gateway or a proxy answers too: its body is not the envelope, and may be no JSON at all. */
  static from(response: Response, body: unknown): ApiError {
    const failure: Failure = isEnvelope(body) ? body.error : {};
    const requestId = failure.requestId ?? response.headers.get("x-request-id") ?? undefined;
    return new ApiError(response.status, { ...failure, requestId }, retryAfter(response.headers));
  }
}

/** The API speaks in phrases, and people read sentences. */
const sentence = (phrase: string) => phrase.charAt(0).toUpperCase() + phrase.slice(1);

export function isStatus(error: unknown, status: number): error is ApiError {
  return error instanceof ApiError && error.status === status;
}

function isEnvelope(body: unknown): body is { error: Failure } {
  if (typeof body !== "object" || body === null || !("error" in body)) return false;
  return typeof body.error === "object" && body.error !== null;
}

/** `Retry-After` comes in seconds or as a date. */
function retryAfter(headers: Headers): number | null {
  const value = headers.get("retry-after");
  if (value === null) return null;
  const wait = /^\d+$/.test(value) ? Number(value) * 1_000 : Date.parse(value) - Date.now();
  return Number.isNaN(wait) ? null : Math.max(0, wait);
}
