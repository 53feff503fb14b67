import {
  apiToken,
  audienceParameters,
  claimsOf,
  hasEnded,
  notSignedIn,
  type Oidc,
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
      // Half of what a request may take in all, the renewal before it included. The library's own is none.
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
      this.#renewal ??= this.#renew().finally(() => {
        this.#renewal = null;
      });
      user = await this.#renewal;
    }
    this.#user = user;
    if (user === null || user.expired) return null;
    return apiToken(this.#oidc, { access: user.access_token, id: user.id_token });
  }

  /** Leaves for the issuer, by the code flow with PKCE. */
  async signIn(): Promise<void> {
    const { scopes_supported } = await this.#manager.metadataService.getMetadata();
    const scope = scopes(scopes_supported).join(" ");
    // The issuer's session would bring the account of no use back unasked; `login` is what every issuer has to know.
    const prompt = this.areHeld || this.#wantsOther ? "login" : undefined;
    await this.#manager.signinRedirect({ scope, ...(prompt && { prompt }) });
  }

  /** Trades the code that the issuer sent somebody back with; once, however often it is called. */
  exchange(query: string): Promise<void> {
    this.#exchange ??= this.#manager.signinRedirectCallback(CALLBACK + query).then(
      () => {},
      (error) => {
        this.problem = notSignedIn(error instanceof ErrorResponse ? error.error : null);
      },
    );
    return this.#exchange;
  }

  /**
   * Here: this tab forgets its tokens. Everywhere: this browser's other tabs do, and the issuer ends its session.
   * `wantsOther` is who leaves an account that never got in.
   */
  async signOut(where: "here" | "everywhere", wantsOther = false): Promise<void> {
    this.#wantsOther = wantsOther;
    // A renewal that is on its way would bring the tokens back.
    await this.#renewal?.catch(() => {});
    if (where === "here") {
      // Nobody waits for it: who signs out here needs no issuer.
      void this.#revoke();
      return this.#manager.removeUser();
    }
    // Asked anew, since the tokens are gone before the issuer is there.
    const issuer = new MetadataService(this.#manager.settings);
    const endpoint = await issuer.getEndSessionEndpoint().catch(() => {
      throw new Error("The sign-in service could not be reached.");
    });
    if (endpoint === undefined) throw new Error("The sign-in service offers no sign-out.");
    await this.#revoke();
    tabs.postMessage("signed out");
    await this.#manager.signoutRedirect();
  }

  /** Until the function that it gives is called. */
  whenSignedOutElsewhere(told: () => void): () => void {
    tabs.onmessage = () => void this.signOut("here").then(told);
    return () => {
      tabs.onmessage = null;
    };
  }

  /** Where the issuer takes it back: a refresh token may outlive the session that it came from. */
  async #revoke(): Promise<void> {
    const { settings, metadataService } = this.#manager;
    const token = (await this.#manager.getUser())?.refresh_token;
    if (token === undefined) return;
    const client = new OidcClient(settings, metadataService);
    await client.revokeToken(token, "refresh_token").catch(() => {});
  }

  /** The issuer tells the time of the access token; an ID token that the API takes instead has an end of its own. */
  #isOver({ expired, id_token }: User): boolean {
    const { audience, clientId } = this.#oidc;
    const { exp } = audience === clientId ? claimsOf(id_token ?? "") : {};
    return expired === true || (typeof exp === "number" && exp * 1_000 <= Date.now());
  }

  async #renew(): Promise<User | null> {
    try {
      return await this.#manager.signinSilent();
    } catch (error) {
      if (!(error instanceof ErrorResponse && hasEnded(error.error))) throw error;
      await this.#manager.removeUser();
      return null;
    }
  }
}
