import { once } from "node:events";
import type { Server } from "node:net";
import Provider from "oidc-provider";

export const AUDIENCE = "https://api.example.com";
export const CLIENT = "web-page";

/** Tokens live a little longer than the minute before their end at which the page renews them. */
const TOKEN_LIFETIME = 63;

/** A certified OpenID provider with one client: this page. Its own simple forms ask who signs in. */
export class Issuer {
  readonly url: string;
  readonly #server: Server;

  private constructor(url: string, server: Server) {
    this.url = url;
    this.#server = server;
  }

  /** `pages` are the origins that people sign in from. */
  static async start(port: number, pages: string[]): Promise<Issuer> {
    const url = `http://localhost:${port}`;
    const provider = new Provider(url, {
      clients: [
        {
          client_id: CLIENT,
          redirect_uris: pages.map((page) => `${page}/auth/callback`),
          // The page returns to its start, the app to where it returns after signing in.
          post_logout_redirect_uris: pages.flatMap((page) => [`${page}/`, `${page}/auth/callback`]),
          grant_types: ["authorization_code", "refresh_token"],
          response_types: ["code"],
          token_endpoint_auth_method: "none",
        },
      ],
      clientBasedCORS: (_, origin) => pages.includes(origin),
      claims: { openid: ["sub"], email: ["email"], profile: ["name"] },
      // The page reads the name from the ID token and asks no further endpoint.
      conformIdTokenClaims: false,
      findAccount: (_, id) => ({
        accountId: id,
        claims: () => ({ sub: id, name: `${id} of the tests`, email: `${id}@example.com` }),
      }),
      features: {
        resourceIndicators: {
          enabled: true,
          useGrantedResource: () => true,
          getResourceServerInfo: () => ({
            scope: "openid profile email offline_access",
            audience: AUDIENCE,
            accessTokenFormat: "jwt",
            accessTokenTTL: TOKEN_LIFETIME,
          }),
        },
      },
      issueRefreshToken: (_, client) => client.grantTypeAllowed("refresh_token"),
    });
    const server = provider.listen(port, "127.0.0.1");
    await once(server, "listening");
    return new Issuer(url, server);
  }

  close() {
    this.#server.close();
  }
}
