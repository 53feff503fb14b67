import { ApiError } from "./errors.ts";
import type { Config, User } from "./types.ts";

export type Oidc = NonNullable<Config["oidc"]>;

/** Issuers name the API that a token is for in one of two ways, and pass over the other. */
export const audienceParameters = ({ audience }: Oidc): Record<string, string> =>
  /^[a-z][a-z\d+.-]*:/i.test(audience) ? { audience, resource: audience } : { audience };

/** With the scope that brings a refresh token; issuers that do not know it may refuse the whole request. */
export const scopes = (supported: readonly string[] = []) =>
  ["openid", "profile", "email", "offline_access"].filter(
    (each) => each === "openid" || supported.includes(each),
  );

/** Only somebody who signs in again can help these, by RFC 6749 and OpenID Connect; anything else may pass. */
export const hasEnded = (code: string | null) => /^(invalid_grant|\w+_required)$/.test(code ?? "");

/** Why there is no new token, where signing in is no help: these codes are of the client's settings, and do not pass. */
export const notRenewed = (error: unknown, code: string | null) =>
  /^(invalid_(client|request|scope)|unauthorized_client|unsupported_grant_type)$/.test(code ?? "")
    ? new ApiError(400, { message: "The sign-in service refused to renew the sign-in." })
    : error;

/** Why nobody came back signed in. What the issuer says of it is meant for developers, by RFC 6749. */
export const notSignedIn = (code?: string | null) =>
  new Error(
    code === "access_denied"
      ? "Sign-in was cancelled or denied."
      : "Sign-in could not be completed. Please try again.",
  );

/** Half of what a request may take in all, the renewal before it included. */
const ANSWER_LIMIT = 10_000;

/** For what a code or a refresh token brings, which may work only once: what comes late may still serve who asks next. */
export const ONCE_LIMIT = 30_000;

/** An answer, unless it takes too long: the libraries wait for it, or for its last byte, for ever. */
export async function inTime<Answer>(
  asked: Promise<Answer>,
  limit = ANSWER_LIMIT,
): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error("The sign-in service took too long to answer.");
    timer = setTimeout(() => reject(error), limit);
  });
  return Promise.race([asked, late]).finally(() => clearTimeout(timer));
}

type Tokens = { access?: string | undefined; id?: string | undefined };

/** Where the audience is the client's own id, it is the ID token that is made out to it. */
export const apiToken = ({ audience, clientId }: Oidc, { access, id }: Tokens) =>
  (audience === clientId ? id : access) ?? null;

/** What a JWT says of itself, unchecked; nothing, where it is none or is encrypted. */
export function claimsOf(token: string): Record<string, unknown> {
  try {
    const text = atob((token.split(".")[1] ?? "").replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(text, (character) => character.charCodeAt(0));
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return typeof claims === "object" && claims !== null ? { ...claims } : {};
  } catch {
    return {};
  }
}

export type Profile = { name?: string | undefined; email?: string | undefined };

/** Access tokens seldom carry a name; the ID token does. */
export const withProfile = (user: User, { name, email }: Profile = {}): User => ({
  ...user,
  name: user.name ?? name ?? null,
  email: user.email ?? email ?? null,
});
