import {
  apiToken,
  audienceParameters,
  claimsOf,
  hasEnded,
  inTime,
  notRenewed,
  notSignedIn,
  type Oidc,
  ONCE_LIMIT,
  scopes,
} from "@reference-architecture/shared";
import {
  AuthRequest,
  type DiscoveryDocument,
  exchangeCodeAsync,
  fetchDiscoveryAsync,
  makeRedirectUri,
  Prompt,
  refreshAsync,
  revokeAsync,
  TokenError,
  TokenResponse,
  TokenTypeHint,
} from "expo-auth-session";
import * as WebBrowser from "expo-web-browser";
import type { Kept } from "../server/store.ts";

/** Tokens are renewed this many seconds before their end, and short-lived ones in the middle of their time. */
const MARGIN = 60;

/** Where the issuer sends people back to, after signing in as after signing out. */
const callback = () => makeRedirectUri({ path: "auth/callback" });

/** The tokens of one issuer: the refresh token is kept, all others live as long as the app. */
export class OidcTokens {
  readonly #oidc: Oidc;
  readonly #kept: Kept;
  #tokens: TokenResponse | null = null;
  #discovery: Promise<DiscoveryDocument> | null = null;
  #renewal: Promise<void> | null = null;
  #wantsOther = false;

  constructor(oidc: Oidc, kept: Kept) {
    this.#oidc = oidc;
    this.#kept = kept;
  }

  /** Somebody is signed in at the issuer, whatever the API says of them. */
  get areHeld(): boolean {
    return this.#tokens !== null && TokenResponse.isTokenFresh(this.#tokens, 0);
  }

  /** What the ID token says of its user. It is shown and not relied on, and so not checked. */
  get profile() {
    const { name, email } = claimsOf(this.#tokens?.idToken ?? "");
    return { name: textOf(name), email: textOf(email) };
  }

  /** The token that the API takes, renewed when it is about to end; `null` when somebody has to sign in. */
  async forApi(): Promise<string | null> {
    if (!isFresh(this.#tokens) && this.#kept.value !== null) {
      // One renewal for all who ask meanwhile: a refresh token may work only once.
      this.#renewal ??= inTime(this.#renew(this.#kept.value), ONCE_LIMIT).finally(() => {
        this.#renewal = null;
      });
      await inTime(this.#renewal);
    }
    return this.#apiToken(this.#tokens);
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
      // The issuer's own session would bring the account back that is of no use here.
      ...((this.areHeld || this.#wantsOther) && { prompt: Prompt.Login }),
    });
    const result = await request.promptAsync(discovery);
    if (result.type === "error") throw notSignedIn(result.error?.code);
    if (result.type !== "success") return;
    const code = result.params.code ?? "";
    const extraParams = { code_verifier: request.codeVerifier ?? "" };
    const exchange = exchangeCodeAsync({ clientId, code, redirectUri, extraParams }, discovery);
    const tokens = await inTime(granted(exchange), ONCE_LIMIT).catch(() => {
      throw notSignedIn();
    });
    this.#take(tokens);
  }

  /**
   * Here: this app forgets its tokens, and the issuer is told nothing: to take one back can end all that hangs on its session
   * there. Everywhere: the issuer takes it back and ends its session. `wantsOther` is who leaves an account that never got in.
   */
  async signOut(where: "here" | "everywhere", wantsOther = false): Promise<void> {
    if (where === "everywhere") {
      await this.#endSession();
      // A renewal that is on its way spends the token that is kept, and brings the one to be taken back.
      await this.#renewal?.catch(() => {});
      // Nobody waits for it: the session has ended.
      if (this.#kept.value !== null) void this.#revoke(this.#kept.value).catch(() => {});
    }
    const { value } = this.#kept;
    if (!(await this.#kept.keep(null))) {
      // The next start would find it: it is not over here either.
      void this.#kept.keep(value);
      throw new Error("This device could not forget the sign-in. Please try again.");
    }
    this.#tokens = null;
    this.#wantsOther = wantsOther;
  }

  /** The end of a session need not be the end of its refresh token, nor of a copy. */
  async #revoke(token: string): Promise<void> {
    const { clientId } = this.#oidc;
    const { revocationEndpoint } = await this.#discover();
    if (!revocationEndpoint) return;
    const tokenTypeHint = TokenTypeHint.RefreshToken;
    await revokeAsync({ clientId, token, tokenTypeHint }, { revocationEndpoint });
  }

  async #endSession(): Promise<void> {
    const { endSessionEndpoint } = await this.#discover();
    if (!endSessionEndpoint) throw new Error("The sign-in service offers no sign-out.");
    const redirectUri = callback();
    const url = new URL(endSessionEndpoint);
    url.searchParams.set("client_id", this.#oidc.clientId);
    url.searchParams.set("post_logout_redirect_uri", redirectUri);
    if (this.#tokens?.idToken) url.searchParams.set("id_token_hint", this.#tokens.idToken);
    const { type } = await WebBrowser.openAuthSessionAsync(url.href, redirectUri);
    if (type !== "success") throw new Error("Sign-out was cancelled.");
  }

  async #renew(refreshToken: string): Promise<void> {
    const { clientId } = this.#oidc;
    const renewed = await granted(
      refreshAsync({ clientId, refreshToken }, await this.#discover()),
    ).catch((error) => {
      const code = error instanceof TokenError ? error.code : null;
      if (hasEnded(code)) return null;
      throw notRenewed(error, code);
    });
    // Who signed out or in meanwhile has the last word; an answer that is merely late counts, as the old token is spent.
    if (this.#kept.value !== refreshToken) return;
    // The API's token is at its end: without a new one somebody has to sign in again.
    if (renewed === null || this.#apiToken(renewed) === null) return this.#take(null);
    // An issuer that sends no new ones means the old ones to stay good.
    renewed.refreshToken ??= refreshToken;
    if (this.#tokens?.idToken) renewed.idToken ??= this.#tokens.idToken;
    this.#take(renewed);
  }

  #apiToken(tokens: TokenResponse | null): string | null {
    return apiToken(this.#oidc, { access: tokens?.accessToken, id: tokens?.idToken });
  }

  #take(tokens: TokenResponse | null) {
    if (tokens?.idToken !== undefined && this.#apiToken(tokens) === tokens.idToken) {
      // `expires_in` is of the access token. Of the ID token's times only the span counts: clocks of phones are wrong.
      const { iat, exp } = claimsOf(tokens.idToken);
      if (typeof iat === "number" && typeof exp === "number") tokens.expiresIn = exp - iat;
    }
    this.#tokens = tokens;
    void this.#kept.keep(tokens?.refreshToken ?? null);
  }

  #discover(): Promise<DiscoveryDocument> {
    this.#discovery ??= discover(this.#oidc.issuer).catch((error) => {
      this.#discovery = null;
      throw error;
    });
    return this.#discovery;
  }
}

const textOf = (claim: unknown) => (typeof claim === "string" ? claim : undefined);

const isFresh = (tokens: TokenResponse | null) =>
  tokens !== null &&
  TokenResponse.isTokenFresh(tokens, -Math.min(MARGIN, (tokens.expiresIn ?? 0) / 2));

// The library looks at no status: what it takes for the answer may be a gateway's.

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
