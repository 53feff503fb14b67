export { createApi } from "./client.ts";
export { ApiError, isStatus } from "./errors.ts";
export { useCreateExample, useExamples, useRenameExample } from "./examples.ts";
export { ApiProvider, createQueryClient, keys, useOnline } from "./query-client.ts";
export { useConfig, useMe, useRequestLink, useSignOut, useVerifyLink } from "./session.ts";
export type { Config, Example, User } from "./types.ts";
export { UNDO_TIME, useUndoableDelete } from "./undoable-delete.ts";
