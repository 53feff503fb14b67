export { type Api, type ApiOptions, createApi } from "./client.ts";
export { ApiError, isStatus } from "./errors.ts";
export {
  type DeleteOutcome,
  type RenameOutcome,
  useCreateExample,
  useDeleteExample,
  useExamples,
  useRenameExample,
} from "./examples.ts";
export { ApiProvider, createQueryClient, keys, useApi, useOnline } from "./query-client.ts";
export { useConfig, useMe, useRequestLink, useSignOut, useVerifyLink } from "./session.ts";
export type { Config, Example, User } from "./types.ts";
export { type DeleteProblem, UNDO_TIME, useUndoableDelete } from "./undoable-delete.ts";
