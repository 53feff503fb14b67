import type { MutationStatus } from "@tanstack/react-query";
import { ApiError } from "./errors.ts";
import type { Config, User } from "./types.ts";

/** The API's own words about what was typed into a field, or what else went wrong. */
export const wording = (error: Error, field: string) =>
  (error instanceof ApiError && error.fields[field]) || error.message;

/** The same about the name, with the number to ask about what else went wrong. */
export function nameError(error: Error | null): string | null {
  if (error === null) return null;
  const said = wording(error, "name");
  const hasNumber = error instanceof ApiError && error.requestId !== null && !error.fields.name;
  return hasNumber ? `${said} (request ${error.requestId})` : said;
}

type Progress = { status: MutationStatus; isPaused: boolean; failureCount: number };

/** What is sent and does not succeed at once says why it takes so long. */
export function progress({ status, isPaused, failureCount }: Progress, online: boolean) {
  if (status !== "pending") return null;
  if (isPaused && !online) return "Offline. This will be sent when you are back online.";
  return isPaused || failureCount > 0 ? "The server is not responding. Trying again…" : null;
}

export const accountName = ({ name, email }: User) => name ?? email ?? "Your account";

/** Whose the examples are; the tenant's name follows. */
export const audience = ({ authProvider }: Config) =>
  authProvider === "none" ? "Shared with everyone at " : "Private to you, at ";

/** The public configuration in words: what every client of this deployment reads. */
export function facts({ tenant, compute, version, authProvider, oidc }: Config) {
  const told: [label: string, value: string][] = [
    ["Tenant", tenant],
    ["Served by", COMPUTE[compute]],
    ["Version", version],
    ["Sign-in", SIGN_IN[authProvider]],
  ];
  if (oidc) {
    told.push(["Issuer", oidc.issuer], ["Client", oidc.clientId], ["Audience", oidc.audience]);
  }
  return told;
}

const COMPUTE = {
  local: "A local process",
  ecs: "ECS on Fargate",
  lambda: "AWS Lambda",
} as const;

const SIGN_IN = {
  none: "None: open to everyone on this host",
  magic_link: "A link by mail",
  oidc: "OpenID Connect",
} as const;

/** A moment in the reader's own zone and language. It does not age on the screen as "two minutes ago" would. */
export function shortTime(at: string): string {
  const date = new Date(at);
  const thisYear = date.getFullYear() === new Date().getFullYear();
  const short: Intl.DateTimeFormatOptions = {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  };
  if (!thisYear) short.year = "numeric";
  return date.toLocaleString(undefined, short);
}
