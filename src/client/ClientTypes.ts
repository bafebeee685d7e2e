import type { Call } from "./HttpTransport.ts"
import type {
  ExportRecord,
  Health,
  Page,
  PlainQuery,
  Project,
  ProjectCreate,
  ProjectUpdate,
  Tag,
  TagCreate,
  TagUpdate,
  Task,
  TaskCreate,
  TaskMove,
  TaskOperation,
  TaskQuery,
  TaskUpdate,
  TrashedTask,
  User
} from "./Types.ts"

/** For which version a change is meant: another one meanwhile is the problem `…_CHANGED`, with the current row. */
export interface UpdateOptions extends Call {
  readonly ifMatch?: number | undefined
}

/** A POST names itself, so that it can be sent again. Who sends one again after a reload names it the same. */
export interface IdempotentOptions extends Call {
  readonly idempotencyKey?: string | undefined
}

export interface Listable<Item, Query> {
  readonly list: (query?: Query, call?: Call) => Promise<Page<Item, Query>>
  /** Everything from there on, page after page. */
  readonly all: (query?: Query, call?: Call) => AsyncIterable<Item>
}

export interface Resource<Item, Create, Update, Query> extends Listable<Item, Query> {
  readonly get: (id: string, call?: Call) => Promise<Item>
  readonly create: (row: Create, call?: IdempotentOptions) => Promise<Item>
  /** Absent fields stay as they are, `null` clears. */
  readonly update: (id: string, change: Update, call?: UpdateOptions) => Promise<Item>
  readonly delete: (id: string, call?: UpdateOptions) => Promise<void>
}

export interface TasksClient {
  readonly tasks: Resource<Task, TaskCreate, TaskUpdate, TaskQuery> & {
    /** Before or after another task, in the order of `sort: "position"`. */
    readonly move: (id: string, place: TaskMove, call?: UpdateOptions & IdempotentOptions) => Promise<Task>
    /** All of them or none. A deleted task is `null` in the answer. */
    readonly bulk: (
      operations: ReadonlyArray<TaskOperation>,
      call?: IdempotentOptions
    ) => Promise<ReadonlyArray<Task | null>>
    /** Out of the trash. */
    readonly restore: (id: string, call?: IdempotentOptions) => Promise<Task>
  }
  readonly projects: Resource<Project, ProjectCreate, ProjectUpdate, PlainQuery>
  readonly tags: Resource<Tag, TagCreate, TagUpdate, PlainQuery>
  readonly trash: Listable<TrashedTask, PlainQuery> & {
    /** For good. */
    readonly delete: (id: string, call?: Call) => Promise<void>
  }
  /** What the token says of the user. */
  readonly me: (call?: Call) => Promise<User>
  /** Everything the user has, row by row. It throws when the answer breaks off. */
  readonly export: (call?: Call) => AsyncIterable<ExportRecord>
  readonly health: (call?: Call) => Promise<Health>
}
