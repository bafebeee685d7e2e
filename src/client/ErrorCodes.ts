import type { HealthCheck, Project, Tag, Task } from "./Types.ts"

/** The further members of an error, by its code. */
export interface ErrorDetails {
  /** Without a bearer token: sign the user in. */
  readonly TOKEN_MISSING: object
  /** The token has expired, and so has the one that the token function returned in its place: sign the user in. */
  readonly TOKEN_EXPIRED: object
  /** The server does not accept tokens of this kind; `detail` says why. */
  readonly TOKEN_INVALID: object
  /** The request is not valid: `fieldErrors` says what is wrong with which field. */
  readonly VALIDATION_FAILED: object
  /** The user has no such task; it may be in the trash. */
  readonly TASK_NOT_FOUND: object
  /** The user already has a task with this id. */
  readonly TASK_ALREADY_EXISTS: TaskExists
  /** The task has another version than `ifMatch`. */
  readonly TASK_VERSION_CONFLICT: TaskConflict
  /** The user has no such project. */
  readonly PROJECT_NOT_FOUND: object
  /** The user already has a project with this id. */
  readonly PROJECT_ALREADY_EXISTS: Current<Project>
  /** The project has another version than `ifMatch`. */
  readonly PROJECT_VERSION_CONFLICT: Current<Project>
  /** The user has no such tag. */
  readonly TAG_NOT_FOUND: object
  /** The user already has a tag with this id. */
  readonly TAG_ALREADY_EXISTS: Current<Tag>
  /** The user already has a tag with this name; case and invisible characters do not matter. */
  readonly TAG_NAME_TAKEN: Current<Tag>
  /** The tag has another version than `ifMatch`. */
  readonly TAG_VERSION_CONFLICT: Current<Tag>
  /** The confirmation does not name the user: nothing was erased. */
  readonly ERASURE_NOT_CONFIRMED: object
  /** The first request with this idempotency key is still running. */
  readonly IDEMPOTENCY_KEY_IN_PROGRESS: object
  /** This idempotency key belongs to another request of the last 24 hours. */
  readonly IDEMPOTENCY_KEY_REUSED: object
  /** The server no longer knows every change since the cursor: discard the stored rows and begin without one. */
  readonly SYNC_RESET_REQUIRED: object
  /** The user has reached a quota: `quota` says which. */
  readonly QUOTA_EXCEEDED: {
    /** What is limited. */
    readonly quota: "task" | "project" | "tag" | "stored_response"
    /** The maximum for one user. */
    readonly limit: number
  }
  /** Too many requests: wait for `retryAfter` seconds. */
  readonly RATE_LIMITED: {
    /** What is counted: requests from one address, or of one user. */
    readonly limit: "address" | "user"
  }
  /** The user has reached the maximum number of event streams. */
  readonly TOO_MANY_STREAMS: object
  /** The server cannot reach its database. */
  readonly SERVICE_UNAVAILABLE: object
  /** The server is starting or misconfigured: `checks` says what is missing. */
  readonly NOT_READY: {
    /** What the service depends on, by name. */
    readonly checks: Readonly<Record<string, HealthCheck>>
  }
  /** The server has a bug. Report `requestId`. */
  readonly INTERNAL_SERVER_ERROR: object
  /** The body exceeds 64 KiB. */
  readonly PAYLOAD_TOO_LARGE: object
  /** The headers exceed 16 KiB, for example because of a large token. */
  readonly HEADERS_TOO_LARGE: object
  /** The request did not arrive in time. */
  readonly REQUEST_TIMEOUT: object
  /** The body is not JSON. */
  readonly UNSUPPORTED_MEDIA_TYPE: {
    /** The media types that the path accepts for a PATCH. */
    readonly accept_patch?: ReadonlyArray<string>
  }
  /** The path does not exist: check `baseUrl`. */
  readonly ROUTE_NOT_FOUND: object
  /** The path does not support the method. */
  readonly METHOD_NOT_ALLOWED: {
    /** The methods that the path supports. */
    readonly allow: ReadonlyArray<string>
  }
  /** The server cannot parse the request as HTTP. */
  readonly BAD_REQUEST: object
}

/** The kind of an error. A newer server may send further ones. */
export type ErrorCode = keyof ErrorDetails

export interface Current<Row> {
  /** The row as it is now. */
  readonly current: Row
}

export interface TaskConflict extends Current<Task> {
  /** In `tasks.bulk`, the failed operation, counted from 0. */
  readonly index?: number
}

export interface TaskExists extends TaskConflict {
  /** Present when the task is in the trash: `tasks.restore` brings it back. */
  readonly in_trash?: true
}
