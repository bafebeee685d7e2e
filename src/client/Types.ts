// Written out, and not derived from the contract: an editor shows the name and the comment of each member, and the
// types need no `effect`. test/client/Types.test.ts compares them with the contract.

import type { Task, TaskCompletion, TrashedTask } from "./TaskTypes.ts"

export type * from "./TaskTypes.ts"

/** What the server sets on every row. */
export interface VersionedRow {
  /** Starts at 1 and grows with every change. Send it as `ifMatch` to change only this version. */
  readonly version: number
  /** The user who owns the row. */
  readonly user_id: string
  /** When the row was created: RFC 3339, UTC. */
  readonly created_at: string
  /** When the row last changed: RFC 3339, UTC. */
  readonly updated_at: string
}

/** Which page of a list to return. */
export interface ListQuery {
  /** The maximum number of items, 1 to 200; 50 by default. */
  readonly limit?: number
  /** Where the previous page ended. `page.next` has it; it is valid only with the same filters and order. */
  readonly cursor?: string
  /** The number of items to skip, instead of a cursor. Changes between pages make items repeat or go missing. */
  readonly offset?: number
  /** `"exact"` fills `page.total`. It costs one more query. */
  readonly count?: "exact"
}

/** A project groups tasks. */
export interface Project extends VersionedRow {
  /** Identifies the project: a UUID. */
  readonly id: string
  /** Name of the project, 1 to 200 characters. */
  readonly name: string
  /** Notes on the project, up to 2000 characters. */
  readonly description: string | null
  /** Color of the project: `#rrggbb`. */
  readonly color: string | null
  /** Whether the project is archived. */
  readonly archived: boolean
}

/** A change to a project. Absent fields stay as they are; `null` clears a field. */
export type ProjectUpdate = Partial<Pick<Project, "name" | "description" | "color" | "archived">>

/** A new project. */
export interface ProjectCreate extends ProjectUpdate {
  /** A UUID of your own, to use the project before the server has it. */
  readonly id?: string
  /** Name of the project, 1 to 200 characters. */
  readonly name: string
}

/** A tag labels tasks. */
export interface Tag extends VersionedRow {
  /** Identifies the tag: a UUID. */
  readonly id: string
  /** Name of the tag, 1 to 50 characters, unique for the user without regard to case. */
  readonly name: string
  /** Color of the tag: `#rrggbb`. */
  readonly color: string | null
}

/** A change to a tag. Absent fields stay as they are; `null` clears a field. */
export type TagUpdate = Partial<Pick<Tag, "name" | "color">>

/** A new tag. */
export interface TagCreate extends TagUpdate {
  /** A UUID of your own, to use the tag before the server has it. */
  readonly id?: string
  /** Name of the tag, 1 to 50 characters, unique for the user without regard to case. */
  readonly name: string
}

/** The signed-in user, from the token alone. */
export interface User {
  /** The `sub` claim of the token. */
  readonly id: string
  /** The `email` claim of the token, if it has one. */
  readonly email: string | null
  /** The `name` claim of the token, if it has one. */
  readonly name: string | null
  /** When the token expires: RFC 3339, UTC. */
  readonly expires_at: string
}

/** The state of the service. */
export interface Health {
  /** Whether the service works. */
  readonly status: "ok"
  /** The version of the service. */
  readonly version: string
  /** What the service depends on, by name. */
  readonly checks: Readonly<Record<string, HealthCheck>>
}

/** One dependency of the service. */
export interface HealthCheck {
  /** Whether the dependency works. */
  readonly status: "ok" | "failing"
  /** Why the dependency does not work. */
  readonly reason?: string
}

interface Upsert<Type, Row> {
  readonly type: Type
  /** The row was created or changed, or came back from the trash. */
  readonly op: "upsert"
  /** The row as it is now. */
  readonly value: Row
}

/** The latest change of a row. Apply it by replacing or removing the row with this type and id. */
export type Change =
  | Upsert<"project", Project>
  | Upsert<"tag", Tag>
  | Upsert<"task", Task>
  | {
      readonly type: "task"
      /** The task is in the trash. */
      readonly op: "trash"
      /** The row as it is now. */
      readonly value: TrashedTask
    }
  | {
      readonly type: "project" | "tag" | "task"
      /** The row was deleted permanently. */
      readonly op: "delete"
      /** Identifies the row. */
      readonly id: string
    }

/** What changed since a cursor. */
export interface ChangesPage {
  /** In the order of the changes. Each row appears once. */
  readonly changes: ReadonlyArray<Change>
  /** Where this page ends, for the next request. Store it together with the changes. */
  readonly cursor: string
  /** Whether there is another page now. */
  readonly has_more: boolean
}

/** Which changes to return. */
export interface ChangesQuery {
  /** The `cursor` of the last page. Without it the page begins with the first row. */
  readonly cursor?: string
  /** The maximum number of changes, 1 to 200; 200 by default. */
  readonly limit?: number
}

/** A completed occurrence in an export, with its task and owner. */
interface ExportedCompletion extends TaskCompletion {
  /** The task that recurs. */
  readonly task_id: string
  /** The owner. */
  readonly user_id: string
}

/** A row of an export, with its type. */
export type ExportRecord =
  | ({ readonly type: "project" } & Project)
  | ({ readonly type: "tag" } & Tag)
  | ({ readonly type: "task" } & Task)
  | ({ readonly type: "completion" } & ExportedCompletion)
