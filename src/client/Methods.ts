import type { Call } from "./Exchange.ts"
import type {
  AccountRow,
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
} from "./Values.ts"

/** For which version a change is meant: another one meanwhile is the problem `…_CHANGED`, with the current row. */
export interface ChangeCall extends Call {
  readonly ifMatch?: number | undefined
}

/** A POST names itself, so that it can be sent again. Who sends one again after a reload names it the same. */
export interface PostCall extends Call {
  readonly idempotencyKey?: string | undefined
}

export interface Listed<Item, Query> {
  readonly list: (query?: Query, call?: Call) => Promise<Page<Item, Query>>
  /** Everything from there on, page after page. */
  readonly all: (query?: Query, call?: Call) => AsyncIterable<Item>
}

export interface Resource<Item, Create, Update, Query> extends Listed<Item, Query> {
  readonly get: (id: string, call?: Call) => Promise<Item>
  readonly create: (row: Create, call?: PostCall) => Promise<Item>
  /** Absent fields stay as they are, `null` clears. */
  readonly update: (id: string, change: Update, call?: ChangeCall) => Promise<Item>
  readonly delete: (id: string, call?: ChangeCall) => Promise<void>
}

export interface TasksClient {
  readonly tasks: Resource<Task, TaskCreate, TaskUpdate, TaskQuery> & {
    /** Before or after another task, in the order of `sort: "position"`. */
    readonly move: (id: string, place: TaskMove, call?: ChangeCall & PostCall) => Promise<Task>
    /** All of them or none. A deleted task is `null` in the answer. */
    readonly bulk: (operations: ReadonlyArray<TaskOperation>, call?: PostCall) => Promise<ReadonlyArray<Task | null>>
    /** Out of the trash. */
    readonly restore: (id: string, call?: PostCall) => Promise<Task>
  }
  readonly projects: Resource<Project, ProjectCreate, ProjectUpdate, PlainQuery>
  readonly tags: Resource<Tag, TagCreate, TagUpdate, PlainQuery>
  readonly trash: Listed<TrashedTask, PlainQuery> & {
    /** For good. */
    readonly delete: (id: string, call?: Call) => Promise<void>
  }
  /** What the token says of the user. */
  readonly me: (call?: Call) => Promise<User>
  /** Everything the user has, row by row. It throws when the answer breaks off. */
  readonly export: (call?: Call) => AsyncIterable<AccountRow>
  readonly health: (call?: Call) => Promise<Health>
}
