import type { Config, Example, User } from "../types.ts";
import { breachOf } from "./contract.ts";

/** Somebody who signs in by mail. */
export const ada: User = {
  userId: "5b0f1f0e-0000-5000-8000-000000000001",
  provider: "magic_link",
  subject: "ada@example.com",
  email: "ada@example.com",
  createdAt: "2026-01-01T12:00:00.000Z",
  lastSeenAt: "2026-01-01T12:00:00.000Z",
};

/** What happens to one request instead of the usual. */
type Turn =
  | Response
  | Promise<Response>
  /** It never arrives. */
  | "unreachable"
  /** It is carried out, and its answer gets lost. */
  | "answer lost";

/**
 * The API in memory, behind `fetch`: as much of it as the clients' tests touch. It answers nothing that the API
 * document does not promise, and takes no request that the document does not know.
 */
export class FakeApi {
  readonly requests: Request[] = [];
  config: Config = {
    authProvider: "none",
    compute: "local",
    oidc: null,
    tenant: "acme",
    version: "1.2.3",
  };
  user: User | null = null;
  examples: Example[] = [];
  pageSize = 20;
  readonly #turns = new Map<string, Turn[]>();
  readonly #keys = new Map<string, Example>();
  #added = 0;

  /** Adds examples, the last one being the newest. */
  with(...names: string[]): this {
    for (const name of names) this.#add(name);
    return this;
  }

  /** Makes the next requests of a route, such as `POST /api/example`, go otherwise. */
  plan(route: string, ...turns: Turn[]): this {
    this.#turns.set(route, turns);
    return this;
  }

  sent(route: string): Request[] {
    return this.requests.filter((request) => routeOf(request) === route);
  }

  rename(id: string, name: string): Example {
    const { version } = this.#find(id) as Example;
    const renamed = { ...(this.#find(id) as Example), name, version: version + 1 };
    this.examples = this.examples.map((each) => (each.id === id ? renamed : each));
    return renamed;
  }

  remove(id: string) {
    this.examples = this.examples.filter((each) => each.id !== id);
  }

  /** From here on, whatever asks for `fetch` gets this one. */
  takeTheNetwork() {
    globalThis.fetch = this.fetch as typeof fetch;
  }

  readonly fetch = async (request: Request): Promise<Response> => {
    this.requests.push(request.clone());
    const turn = this.#turns.get(routeOf(request))?.shift();
    if (turn === "unreachable") throw new TypeError("Failed to fetch");
    if (turn === "answer lost") {
      await this.#answer(request);
      throw new TypeError("Failed to fetch");
    }
    return this.#answer(request, turn);
  };

  async #answer(request: Request, planned?: Response | Promise<Response>): Promise<Response> {
    const answer = (await planned) ?? (await this.#behave(request));
    const breach = await breachOf(request, answer);
    if (breach !== null) throw new Error(`the fake breaks the API document: ${breach}`);
    return answer;
  }

  async #behave(request: Request): Promise<Response> {
    const { pathname, searchParams } = new URL(request.url);
    const body = request.method === "GET" ? null : await request.clone().text();
    const sent = body ? JSON.parse(body) : {};
    const isClosed = this.config.authProvider !== "none" && this.user === null;
    if (pathname.startsWith("/api/example") && isClosed) return failure(401, "unauthenticated");
    switch (routeOf(request)) {
      case "GET /api/config":
        return success(this.config);
      case "GET /api/me":
        return this.user ? success(this.user) : failure(401, "unauthenticated");
      case "POST /api/auth/request-link":
        return success({ status: "requested" }, 202);
      case "POST /api/auth/verify":
        this.user = ada;
        return success({ token: "t", user: this.user });
      case "POST /api/auth/logout":
      case "POST /api/auth/logout-everywhere":
        this.user = null;
        return success({ everywhere: pathname.endsWith("everywhere") });
      case "GET /api/example":
        return this.#page(Number(searchParams.get("cursor") ?? 0));
      case "POST /api/example":
        return success(this.#once(request.headers.get("idempotency-key"), sent.name), 201);
      default:
        return this.#one(request, pathname.split("/").at(-1) ?? "", sent);
    }
  }

  #page(from: number): Response {
    const end = from + this.pageSize;
    const next = end < this.examples.length ? String(end) : null;
    return Response.json({ data: this.examples.slice(from, end), page: { next } });
  }

  #one(request: Request, id: string, sent: { name: string }): Response {
    const example = this.#find(id);
    if (example === undefined) return failure(404, "not_found");
    const expected = request.headers.get("if-match");
    if (expected !== null && expected !== `"${example.version}"`) {
      return failure(412, "precondition_failed");
    }
    if (request.method === "PATCH") return success(this.rename(id, sent.name));
    if (request.method === "DELETE") this.remove(id);
    return success(example);
  }

  #once(key: string | null, name: string): Example {
    const before = key === null ? undefined : this.#keys.get(key);
    const example = before ?? this.#add(name);
    if (key !== null) this.#keys.set(key, example);
    return example;
  }

  #add(name: string): Example {
    this.#added += 1;
    const at = new Date(Date.UTC(2026, 0, 1, 12, this.#added)).toISOString();
    const id = `00000000-0000-7000-8000-${String(this.#added).padStart(12, "0")}`;
    const example = { id, name, version: 1, createdAt: at, updatedAt: at };
    this.examples = [example, ...this.examples];
    return example;
  }

  #find(id: string): Example | undefined {
    return this.examples.find((each) => each.id === id);
  }
}

type Extra = {
  message?: string;
  fields?: Record<string, string>;
  headers?: Record<string, string>;
};

export function failure(status: number, code: string, extra: Extra = {}): Response {
  const { message = `failed: ${code}`, fields, headers = {} } = extra;
  const error = { code, message, requestId: "req-1", ...(fields && { fields }) };
  return Response.json({ error }, { status, headers });
}

const success = (data: unknown, status = 200) => Response.json({ data }, { status });

const routeOf = ({ method, url }: Request) => `${method} ${new URL(url).pathname}`;
