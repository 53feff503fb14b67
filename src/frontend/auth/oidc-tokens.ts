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
import { ErrorResponse, MetadataService, OidcClient, type User, UserManager } from "oidc-client-ts";

/** Where the issuer sends people back to. */
export const CALLBACK = "/auth/callback";

/** All tabs of this origin; what one of them posts, the others hear. */
const tabs = new BroadcastChannel("oidc");

/** The tokens of one issuer, kept as long as the tab. */
export class OidcTokens {
  readonly #oidc: Oidc;
  readonly #manager: UserManager;
  #user: User | null = null;
  #exchange: Promise<void> | null = null;
  #renewal: Promise<User | null> | null = null;
  #wantsOther = false;
  #signOuts = 0;
  /** What a renewal brings after that is taken back as well. */
  #isOutEverywhere = false;
  /** Why the issuer sent somebody back without tokens. */
  problem: Error | null = null;

  constructor(oidc: Oidc) {
    const { resource, ...extraQueryParams } = audienceParameters(oidc);
    this.#oidc = oidc;
    this.#manager = new UserManager({
      authority: oidc.issuer,
      client_id: oidc.clientId,
      redirect_uri: location.origin + CALLBACK,
      post_logout_redirect_uri: `${location.origin}/`,
      extraQueryParams,
      ...(resource !== undefined && { resource }),
      // It ends with the headers of an answer: whoever waits for the whole has a time of their own.
      requestTimeoutInSeconds: 10,
      // A timer would sleep with the laptop, and give up at the first failure: `forApi` renews.
      automaticSilentRenew: false,
    });
    this.#manager.events.addUserUnloaded(() => {
      this.#user = null;
      this.problem = null;
    });
  }

  /** Somebody is signed in at the issuer, whatever the API says of them. */
  get areHeld(): boolean {
    return this.#user !== null && !this.#isOver(this.#user);
  }

  get profile() {
    return this.#user?.profile ?? {};
  }

  /** The token that the API takes, renewed when it has run out; `null` when somebody has to sign in. */
  async forApi(): Promise<string | null> {
    let user = await this.#manager.getUser();
    if (user?.refresh_token && this.#isOver(user)) {
      // One renewal for all who ask meanwhile: a refresh token may work only once.
      this.#renewal ??= inTime(this.#renew(), ONCE_LIMIT).finally(() => {
        this.#renewal = null;
      });
      user = await inTime(this.#renewal);
    }
    this.#user = user;
    if (user === null || user.expired) return null;
    return apiToken(this.#oidc, { access: user.access_token, id: user.id_token });
  }

  /** Leaves for the issuer, by the code flow with PKCE. */
  async signIn(): Promise<void> {
    const { scopes_supported } = await inTime(this.#manager.metadataService.getMetadata());
    const scope = scopes(scopes_supported).join(" ");
    // The issuer's session would bring the account of no use back unasked; `login` is what every issuer has to know.
    const prompt = this.areHeld || this.#wantsOther ? "login" : undefined;
    await this.#manager.signinRedirect({ scope, ...(prompt && { prompt }) });
  }

  /** Trades the code that the issuer sent somebody back with; once, however often it is called. */
  exchange(query: string): Promise<void> {
    const exchange = () =>
      inTime(this.#manager.signinRedirectCallback(CALLBACK + query), ONCE_LIMIT);
    this.#exchange ??= exchange().then(
      () => {},
      (error) => {
        this.problem = notSignedIn(error instanceof ErrorResponse ? error.error : null);
      },
    );
    return this.#exchange;
  }

  /**
   * Here: this tab forgets its tokens, and the issuer is told nothing: to take one back can end all that hangs on its session
   * there, other tabs too. Everywhere: the issuer takes it back and ends its session, and this browser's other tabs do
   * likewise. `wantsOther` is who leaves an account that never got in.
   */
  async signOut(where: "here" | "everywhere", wantsOther = false): Promise<void> {
    this.#wantsOther = wantsOther;
    if (where === "here") return this.#forget();
    // Asked anew, since the tokens are gone before the issuer is there.
    const issuer = new MetadataService(this.#manager.settings);
    const endpoint = await inTime(issuer.getEndSessionEndpoint()).catch(() => {
      throw new Error("The sign-in service could not be reached.");
    });
    if (endpoint === undefined) throw new Error("The sign-in service offers no sign-out.");
    // A renewal that is on its way spends the token that is kept, and brings the one to be taken back.
    await this.#renewal?.catch(() => {});
    this.#isOutEverywhere = true;
    await this.#revoke();
    tabs.postMessage("signed out");
    // The tokens are gone before the page is: who is held back here is signed out all the same.
    await inTime(this.#manager.signoutRedirect(), ONCE_LIMIT).catch(() => {});
  }

  /** Until the function that it gives is called. */
  whenSignedOutElsewhere(told: () => void): () => void {
    tabs.onmessage = () => {
      this.#isOutEverywhere = true;
      void this.#revoke();
      void this.#forget().then(told);
    };
    return () => {
      tabs.onmessage = null;
    };
  }

  #forget(): Promise<void> {
    this.#signOuts += 1;
    return this.#manager.removeUser();
  }

  /** Where the issuer takes it back: a refresh token may outlive the session that it came from. */
  async #revoke(): Promise<void> {
    const { settings, metadataService } = this.#manager;
    const token = (await this.#manager.getUser())?.refresh_token;
    if (token === undefined) return;
    const client = new OidcClient(settings, metadataService);
    await inTime(client.revokeToken(token, "refresh_token")).catch(() => {});
  }

  /** The issuer tells the time of the access token; an ID token that the API takes instead has an end of its own. */
  #isOver({ expired, id_token }: User): boolean {
    const { audience, clientId } = this.#oidc;
    const { exp } = audience === clientId ? claimsOf(id_token ?? "") : {};
    return expired === true || (typeof exp === "number" && exp * 1_000 <= Date.now());
  }

  async #renew(): Promise<User | null> {
    const before = this.#signOuts;
    try {
      const user = await this.#manager.signinSilent();
      // Who signed out meanwhile has the last word.
      if (this.#isOutEverywhere) void this.#revoke();
      else if (this.#signOuts === before) return user;
    } catch (error) {
      const code = error instanceof ErrorResponse ? error.error : null;
      if (!hasEnded(code)) throw notRenewed(error, code);
    }
    await this.#manager.removeUser();
    return null;
  }
}
