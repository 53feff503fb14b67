import { TestServer } from "./test-server.ts";

export const AUDIENCE = "https://api.example.com";
export const CLIENT = "browser";

/** As in RFC 7591. */
type Client = { redirect_uris: string[]; post_logout_redirect_uris: string[] };

/** A certified OpenID provider. A form of its own asks who signs in. */
export class Issuer {
  readonly #server: TestServer;

  private constructor(server: TestServer) {
    this.#server = server;
  }

  static async start(): Promise<Issuer> {
    return new Issuer(await TestServer.start("provider"));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#server.port}`;
  }

  /** Makes the public client known, once it is known where it is served. */
  async register(client: Client) {
    const metadata = {
      client_name: CLIENT,
      grant_types: ["authorization_code", "refresh_token"],
      token_endpoint_auth_method: "none",
      ...client,
    };
    const answer = await fetch(`${this.url}/reg`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(metadata),
    });
    if (!answer.ok) throw new Error(await answer.text());
  }

  async close() {
    await this.#server.close();
  }
}
