import createClient from "openapi-fetch";
import { ApiError } from "./errors.ts";
import type { paths } from "./schema.ts";

/** Longer than any server in front of us works on a request, so that its own answer comes first. */
const ATTEMPT_LIMIT = 20_000;

export type ApiOptions = {
  baseUrl: string;
  /** The bearer token of clients that have no session cookie; asked for at every request. */
  token?: () => string | null | Promise<string | null>;
};

export type Api = ReturnType<typeof createApi>;

export function createApi({ baseUrl, token }: ApiOptions) {
  // Who brings a token of its own keeps no cookie: a phone would, beside its secure store.
  const api = createClient<paths>({ baseUrl, credentials: token ? "omit" : "same-origin" });
  api.use({
    async onRequest({ request }) {
      const bearer = (await token?.()) ?? null;
      if (bearer !== null) request.headers.set("authorization", `Bearer ${bearer}`);
      return request;
    },
  });
  return api;
}

type Answer<Body> = { data?: Body; error?: unknown; response: Response };

/** Makes one attempt, bounded until its last byte; gives the body of a success and throws everything else. */
export async function send<Body extends { data: unknown }>(
  attempt: (signal: AbortSignal) => Promise<Answer<Body>>,
  cancelled?: AbortSignal,
): Promise<Body> {
  // Not `AbortSignal.timeout` and `any`: React Native has neither.
  const controller = new AbortController();
  const cancel = () => controller.abort();
  cancelled?.addEventListener("abort", cancel);
  // What comes before the request, like the renewal of a token, may not heed the signal.
  const aborted = new Promise<never>((_, reject) => {
    controller.signal.addEventListener("abort", () => reject(new Error("aborted")));
  });
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    controller.abort();
  }, ATTEMPT_LIMIT);
  try {
    const { data, error, response } = await Promise.race([attempt(controller.signal), aborted]);
    // Also what something on the way answers in the API's place, with a status that it took for right.
    if (!data?.data) throw ApiError.from(response, error);
    return data;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw late ? ApiError.timedOut() : ApiError.unreachable();
  } finally {
    clearTimeout(timer);
    cancelled?.removeEventListener("abort", cancel);
  }
}
