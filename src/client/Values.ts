import type * as account from "../domain/Account.ts"
import type * as project from "../domain/Project.ts"
import type * as tag from "../domain/Tag.ts"
import type * as task from "../domain/Task.ts"
import type * as bulk from "../domain/TaskBulk.ts"
import type { Answer, At, Parts, Plain } from "./Contract.ts"

// Interfaces where that can be: an editor then shows the name, and not twenty fields.

export type TaskStatus = task.TaskStatus
export type TaskPriority = task.TaskPriority

export interface Task extends Plain<task.Task> {}
export interface TaskCreate extends Plain<task.TaskCreate> {}
export interface TaskUpdate extends Plain<task.TaskUpdate> {}
export interface TrashedTask extends Plain<task.TrashedTask> {}
export type TaskMove = Plain<task.TaskMove>
export type TaskOperation = Plain<bulk.TaskOperation>

export interface Project extends Plain<project.Project> {}
export interface ProjectCreate extends Plain<project.ProjectCreate> {}
export interface ProjectUpdate extends Plain<project.ProjectUpdate> {}

export interface Tag extends Plain<tag.Tag> {}
export interface TagCreate extends Plain<tag.TagCreate> {}
export interface TagUpdate extends Plain<tag.TagUpdate> {}

/** What a list of tasks can be asked for. */
export type TaskQuery = Parts<At<"GET", "/api/tasks">>["query"]

/** How to walk any other list. */
export type PlainQuery = Parts<At<"GET", "/api/projects">>["query"]

export interface User extends Answer<At<"GET", "/api/me">> {}
export interface Health extends Answer<At<"GET", "/health">> {}
export type AccountRow = Plain<account.AccountRow>

/** Part of a list. `next` is the query of the next part, and `total` is there when `count: "exact"` asked for it. */
export interface Page<Item, Query> {
  readonly items: ReadonlyArray<Item>
  readonly next: Query | undefined
  readonly total: number | undefined
}
