export type {
  Call,
  ClientOptions,
  IdempotentOptions,
  Listable,
  MoveOptions,
  Page,
  Resource,
  SyncEnd,
  SyncOptions,
  SyncState,
  TasksClient,
  TasksResource,
  Token,
  TokenResult,
  TrashResource,
  UpdateOptions
} from "./ClientTypes.ts"
export type { ErrorCode, ErrorDetails } from "./ErrorCodes.ts"
export { ApiError, isApiError, isTemporary, NetworkError, type NetworkErrorReason } from "./Errors.ts"
export { newId } from "./Ids.ts"
export { makeTasksClient } from "./TasksClient.ts"
export type * from "./Types.ts"
