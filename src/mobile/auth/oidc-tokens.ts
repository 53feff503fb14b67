import {
  apiToken,
  audienceParameters,
  hasEnded,
  notSignedIn,
  type Oidc,
  scopes,
} from "@reference-architecture/shared";
import {
  AuthRequest,
  type DiscoveryDocument,
  exchangeCodeAsync,
  fetchDiscoveryAsync,
  makeRedirectUri,
  refreshAsync,
  TokenError,
  TokenResponse,
} from "expo-auth-session";
import * as WebBrowser from "expo-web-browser";
import type { Kept } from "../server/store.ts";

/** Tokens are renewed this many seconds before their end, and short-lived ones in the middle of their time. */
const MARGIN = 60;

/** Half of what a request may take in all, the renewal before it included. */
const ANSWER_LIMIT = 10_000;

/** Where the issuer sends people back to, after signing in as after signing out. */
const callback = () => makeRedirectUri({ path: "auth/callback" });

/** The tokens of one issuer: the refresh token is kept, all others live as long as the app. */
export class OidcTokens {
  readonly #oidc: Oidc;
  readonly #kept: Kept;
  #tokens: TokenResponse | null = null;
  #discovery: Promise<DiscoveryDocument> | null = null;
  #renewal: Promise<void> | null = null;

  constructor(oidc: Oidc, kept: Kept) {
    this.#oidc = oidc;
    this.#kept = kept;
  }

  get areHeld(): boolean {
    return this.#tokens !== null;
  }

  /** What the ID token says of its user. It is shown and not relied on, and so not checked. */
  get profile(): { name?: string; email?: string } {
    const claims = this.#tokens?.idToken?.split(".")[1];
    if (claims === undefined) return {};
    const text = atob(claims.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    return JSON.parse(new TextDecoder().decode(bytes));
  }

  /** The token that the API takes, renewed when it is about to end; `null` when somebody has to sign in. */
  async forApi(): Promise<string | null> {
    if (!isFresh(this.#tokens) && this.#kept.value !== null) {
      // One renewal for all who ask meanwhile: a refresh token may work only once.
      this.#renewal ??= inTime(this.#renew(this.#kept.value)).finally(() => {
        this.#renewal = null;
      });
      await this.#renewal;
    }
    const { accessToken: access, idToken: id } = this.#tokens ?? {};
    return apiToken(this.#oidc, { access, id });
  }

  /** Opens the issuer, by the code flow with PKCE. Who turns back is not signed in, which is no failure. */
  async signIn(): Promise<void> {
    const { clientId } = this.#oidc;
    const redirectUri = callback();
    const discovery = await this.#discover();
    const request = new AuthRequest({
      clientId,
      redirectUri,
      scopes: scopes(discovery.discoveryDocument?.scopes_supported),
      extraParams: audienceParameters(this.#oidc),
    });
    const result = await request.promptAsync(discovery);
    if (result.type === "error") throw notSignedIn(result.error?.code);
    if (result.type !== "success") return;
    const code = result.params.code ?? "";
    const extraParams = { code_verifier: request.codeVerifier ?? "" };
    const exchange = exchangeCodeAsync({ clientId, code, redirectUri, extraParams }, discovery);
    const tokens = await inTime(granted(exchange)).catch(() => {
      throw notSignedIn();
    });
    this.#take(tokens);
  }

  /** Here: this app forgets its tokens. Everywhere: the issuer ends its session too. */
  async signOut(where: "here" | "everywhere"): Promise<void> {
    if (where === "everywhere") await this.#endSession();
    this.#take(null);
  }

  async #endSession(): Promise<void> {
    const { endSessionEndpoint } = await this.#discover();
    if (!endSessionEndpoint) return;
    const redirectUri = callback();
    const query = new URLSearchParams({
      client_id: this.#oidc.clientId,
      post_logout_redirect_uri: redirectUri,
    });
    if (this.#tokens?.idToken) query.set("id_token_hint", this.#tokens.idToken);
    const url = `${endSessionEndpoint}?${query}`;
    const { type } = await WebBrowser.openAuthSessionAsync(url, redirectUri);
    if (type !== "success") throw new Error("Sign-out was cancelled.");
  }

  async #renew(refreshToken: string): Promise<void> {
    const { clientId } = this.#oidc;
    const renewed = await granted(
      refreshAsync({ clientId, refreshToken }, await this.#discover()),
    ).catch((error) => {
      if (error instanceof TokenError && hasEnded(error.code)) return null;
      throw error;
    });
    // Who signed out or in meanwhile has the last word; an answer that is merely late counts, as the old token is spent.
    if (this.#kept.value !== refreshToken) return;
    // An issuer that sends no new ones means the old ones to stay good.
    if (renewed !== null) {
      renewed.refreshToken ??= refreshToken;
      if (this.#tokens?.idToken) renewed.idToken ??= this.#tokens.idToken;
    }
    this.#take(renewed);
  }

  #take(tokens: TokenResponse | null) {
    this.#tokens = tokens;
    this.#kept.keep(tokens?.refreshToken ?? null);
  }

  #discover(): Promise<DiscoveryDocument> {
    this.#discovery ??= discover(this.#oidc.issuer).catch((error) => {
      this.#discovery = null;
      throw error;
    });
    return this.#discovery;
  }
}

const isFresh = (tokens: TokenResponse | null) =>
  tokens !== null &&
  TokenResponse.isTokenFresh(tokens, -Math.min(MARGIN, (tokens.expiresIn ?? 0) / 2));

// The library looks at no status and waits for ever: what it takes for the answer may be a gateway's, or never come.

async function discover(issuer: string): Promise<DiscoveryDocument> {
  const found = fetchDiscoveryAsync(issuer.replace(/\/$/, "")).catch(() => {
    throw new Error("The sign-in service could not be reached.");
  });
  const document = await inTime(found);
  if (!document.tokenEndpoint)
    throw new Error("The sign-in service's settings could not be loaded.");
  return document;
}

async function granted(asked: Promise<TokenResponse>): Promise<TokenResponse> {
  const tokens = await asked;
  if (!tokens.accessToken) throw new Error("The sign-in service sent no token.");
  return tokens;
}

async function inTime<Answer>(asked: Promise<Answer>): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error("The sign-in service took too long to answer.");
    timer = setTimeout(() => reject(error), ANSWER_LIMIT);
  });
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}
