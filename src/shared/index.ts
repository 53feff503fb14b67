export type { Access, GateProps, Leaving, Session } from "./access.ts";
export { createApi } from "./client.ts";
export { ApiError, isStatus } from "./errors.ts";
export { refusal, useExample, useExamples } from "./examples.ts";
export { useCreateForm, useLinkForm, useRenameForm } from "./forms.ts";
export { useHasUnsaved, useLeftWrite } from "./left-write.ts";
export { accountName, audience, facts, progress, shortTime } from "./messages.ts";
export {
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
} from "./oidc.ts";
export {
  ApiProvider,
  createQueryClient,
  keys,
  setNobody,
  useLoss,
  useOnline,
} from "./query-client.ts";
export { useSaid } from "./said.ts";
export { useConfig, useVerifyLink } from "./session.ts";
export { SessionGate } from "./session-gate.ts";
export type { Config, Example, User } from "./types.ts";
export { UNDO_TIME, useUndoableDelete } from "./undoable-delete.ts";
