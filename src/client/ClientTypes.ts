import type { ApiError } from "./Errors.ts"
import type {
  Change,
  ChangesPage,
  ChangesQuery,
  ExportRecord,
  Health,
  ListQuery,
  Occurrences,
  ParsedTask,
  Project,
  ProjectCreate,
  ProjectUpdate,
  RecurrencePreview,
  Tag,
  TagCreate,
  TagUpdate,
  Task,
  TaskCompletion,
  TaskCreate,
  TaskMove,
  TaskOperation,
  TaskQuery,
  TaskText,
  TaskUpdate,
  TrashedTask,
  User
} from "./Types.ts"

/** What a token function returns: no token means that no user is signed in. */
export type TokenResult = string | null | undefined

/**
 * An access token, or a function that returns one. The client calls the function for every request, so it should
 * cache. After `TOKEN_EXPIRED` the client calls it once more with the expired token: return another one.
 */
export type Token = string | ((expired?: string) => TokenResult | Promise<TokenResult>)

export interface ClientOptions {
  /** Where the service runs: `https://tasks.example.com`. */
  readonly baseUrl: string | URL
  /** The user's access token, or a function that returns it. */
  readonly token: Token
  /** Replaces the global `fetch`. */
  readonly fetch?: typeof fetch
  /** Milliseconds to wait for the headers of a response; 15000 by default, 0 for no limit. */
  readonly timeout?: number
  /** How often to repeat a request where that is safe; 3 by default, 0 for never. */
  readonly retry?: number
}

/** Options of every method. */
export interface Call {
  /** Aborts the request; the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
}

/** Options of a method that changes a row. */
export interface UpdateOptions extends Call {
  /** Change only this version of the row. Another one fails with `…_VERSION_CONFLICT`, whose `current` is the row. */
  readonly ifMatch?: number | undefined
}

/** Options of a method that sends a POST. */
export interface IdempotentOptions extends Call {
  /** Identifies the request for 24 hours: a repetition has no second effect. By default the client makes one. */
  readonly idempotencyKey?: string | undefined
}

/** Options of `tasks.move`. */
export interface MoveOptions extends UpdateOptions, IdempotentOptions {}

/** Part of a list. */
export interface Page<Item, Query> {
  /** The rows of this page. */
  readonly items: ReadonlyArray<Item>
  /** The query of the next page, or `undefined` on the last one. */
  readonly next: Query | undefined
  /** The number of rows in all pages, if the query has `count: "exact"`. */
  readonly total: number | undefined
}

/** A list that is read page by page. */
export interface Listable<Item, Query> {
  /** Returns one page. Pass `page.next` to get the next one. */
  readonly list: (query?: Query, call?: Call) => Promise<Page<Item, Query>>
  /** Requests page after page: `for await (const item of …)`. */
  readonly all: (query?: Query, call?: Call) => AsyncIterable<Item>
}

/** The methods that tasks, projects and tags have in common. */
export interface Resource<Item, Create, Update, Query> extends Listable<Item, Query> {
  /** Returns one row. */
  readonly get: (id: string, call?: Call) => Promise<Item>
  /** Creates a row. A repetition with the same `id` or `idempotencyKey` creates no second one. */
  readonly create: (row: Create, call?: IdempotentOptions) => Promise<Item>
  /** Changes the given fields; `null` clears a field. Send only the fields that the user changed. */
  readonly update: (id: string, change: Update, call?: UpdateOptions) => Promise<Item>
  /** Deletes a row. A task moves to the trash. */
  readonly delete: (id: string, call?: UpdateOptions) => Promise<void>
}

/** The user's tasks. */
export interface TasksResource extends Resource<Task, TaskCreate, TaskUpdate, TaskQuery> {
  /**
   * Puts a task directly before or after another one in the user's own order: the ascending order of
   * `sort: "position"`. A screen that shows `sort: "-position"` has to swap `before` and `after`.
   */
  readonly move: (id: string, to: TaskMove, call?: MoveOptions) => Promise<Task>
  /** Returns what a text says about a task, and creates nothing. */
  readonly parse: (text: TaskText, call?: Call) => Promise<ParsedTask>
  /** Returns a page of the completed occurrences of a recurring task, the latest first. */
  readonly completions: (id: string, query?: ListQuery, call?: Call) => Promise<Page<TaskCompletion, ListQuery>>
  /** Applies up to 100 operations in order: all, or none. Returns one task each, or `null` for a deleted one. */
  readonly bulk: (
    operations: ReadonlyArray<TaskOperation>,
    call?: IdempotentOptions
  ) => Promise<ReadonlyArray<Task | null>>
  /** Brings a task back from the trash. */
  readonly restore: (id: string, call?: IdempotentOptions) => Promise<Task>
}

/** Deleted tasks. The server keeps them for 30 days. */
export interface TrashResource extends Listable<TrashedTask, ListQuery> {
  /** Deletes a task of the trash permanently. */
  readonly delete: (id: string, call?: Call) => Promise<void>
}

/** The connection of `sync`: `live` while changes arrive at once, else `connecting`. */
export type SyncState = "live" | "connecting"

/** Options of `sync`. */
export interface SyncOptions extends Call {
  /** The cursor that is stored with the rows. */
  readonly cursor?: string | undefined
  /** Where to begin without a cursor: with all rows, or with what changes from now on. */
  readonly start?: "beginning" | "now"
  /**
   * Stores a page of changes together with its cursor, in one transaction. With `isReset`, discard all stored rows
   * first: the page is the beginning, or with `start: "now"` something may have been missed.
   */
  readonly apply: (
    changes: ReadonlyArray<Change>,
    cursor: string,
    info: { readonly isReset: boolean }
  ) => void | Promise<void>
  /** Is called when the state may have changed. */
  readonly onState?: (state: SyncState) => void
}

/** Why `sync` has ended. It continues after temporary errors. */
export type SyncEnd =
  | {
      /** The signal was aborted. */
      readonly reason: "aborted"
    }
  | {
      /**
       * `signed_out`: the token is not accepted, even after it was refreshed: sign the user in. `refused`: the server
       * refuses the requests; a newer client may be needed.
       */
      readonly reason: "signed_out" | "refused"
      /** The response of the server. */
      readonly error: ApiError
    }
  | {
      /** `apply` threw an error. */
      readonly reason: "apply_failed"
      /** What `apply` threw. */
      readonly error: unknown
    }

/**
 * The API as functions that return promises. They reject with `ApiError` when the server refuses the request, with
 * `NetworkError` when no response arrives, and with the signal's reason when it is aborted.
 */
export interface TasksClient {
  /** The user's tasks, without those in the trash. */
  readonly tasks: TasksResource
  /** The user's projects. Deleting one keeps its tasks, with `project_id: null`. */
  readonly projects: Resource<Project, ProjectCreate, ProjectUpdate, ListQuery>
  /** The user's tags. Deleting one removes it from its tasks. */
  readonly tags: Resource<Tag, TagCreate, TagUpdate, ListQuery>
  /** The user's deleted tasks. */
  readonly trash: TrashResource
  /** Returns what changed since a cursor, or everything from the beginning. */
  readonly changes: (query?: ChangesQuery, call?: Call) => Promise<ChangesPage>
  /**
   * Applies every change of the user's rows, those since the cursor and then each as it happens, on whatever device it was
   * made. Reconnects by itself. The promise resolves with the reason for the end, and never rejects.
   */
  readonly sync: (options: SyncOptions) => Promise<SyncEnd>
  /** Returns the first occurrences of a rule. */
  readonly previewRecurrence: (preview: RecurrencePreview, call?: Call) => Promise<Occurrences>
  /** Returns what the token says about the user. */
  readonly me: (call?: Call) => Promise<User>
  /** Streams every row of the user. It throws a `NetworkError` if the response ends early. */
  readonly export: (call?: Call) => AsyncIterable<ExportRecord>
  /**
   * Deletes all data of the user permanently, and resolves when nothing is left: a large account takes some time.
   * `confirm` is the `id` that `me` returns.
   */
  readonly erase: (confirm: string, call?: Call) => Promise<void>
  /** Returns the state of the service. It needs no token. */
  readonly health: (call?: Call) => Promise<Health>
}
