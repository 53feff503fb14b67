import createClient from "openapi-fetch";
import { ApiError } from "./errors.ts";
import type { paths } from "./schema.ts";

/** Longer than any server in front of us works on a request, so that its own answer comes first. */
const ATTEMPT_LIMIT = 20_000;

type ApiOptions = {
  baseUrl: string;
  /**
   * The bearer token of clients that have no session cookie; asked for at every request. What it fails with may pass,
   * unless it says otherwise by an `ApiError`.
   */
  token?: () => string | null | Promise<string | null>;
};

export type Api = ReturnType<typeof createApi>;

export function createApi({ baseUrl, token }: ApiOptions) {
  // Who brings a token of its own keeps no cookie: a phone would, beside its secure store.
  const api = createClient<paths>({ baseUrl, credentials: token ? "omit" : "same-origin" });
  api.use({
    async onRequest({ request }) {
      const bearer = await bearerOf(token);
      if (bearer !== null) request.headers.set("authorization", `Bearer ${bearer}`);
      return request;
    },
    onError: ({ error }) => ApiError.unreachable(error),
    async onResponse({ response }) {
      const body = await response.text().catch((cut) => {
        throw ApiError.unreachable(cut);
      });
      // What something on the way answers in the API's place may be no JSON, with a status that it took for right.
      if (!isJson(body)) throw ApiError.from(response, null);
      return new Response(body, response);
    },
  });
  return api;
}

async function bearerOf(token: ApiOptions["token"]): Promise<string | null> {
  try {
    return (await token?.()) ?? null;
  } catch (error) {
    if (error instanceof ApiError) throw error;
    throw ApiError.unreachable(error, "The sign-in service");
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

type Answer<Body> = { data?: Body; error?: unknown; response: Response };

/** Makes one attempt, bounded until its last byte; gives the body of a success and throws everything else. */
export async function send<Body extends { data: unknown }>(
  attempt: (signal: AbortSignal) => Promise<Answer<Body>>,
  cancelled?: AbortSignal,
): Promise<Body> {
  // Not `AbortSignal.timeout` and `any`: React Native has neither.
  const controller = new AbortController();
  let stop = (_why: ApiError) => {};
  // What comes before the request, like the renewal of a token, may not heed the signal.
  const stopped = new Promise<never>((_, reject) => {
    stop = (why) => {
      reject(why);
      controller.abort();
    };
  });
  const cancel = () => stop(ApiError.unreachable());
  cancelled?.addEventListener("abort", cancel);
  const timer = setTimeout(() => stop(ApiError.timedOut()), ATTEMPT_LIMIT);
  try {
    const { data, error, response } = await Promise.race([attempt(controller.signal), stopped]);
    // JSON need not be the API's either.
    if (!data?.data) throw ApiError.from(response, error);
    return data;
  } finally {
    clearTimeout(timer);
    cancelled?.removeEventListener("abort", cancel);
  }
}
