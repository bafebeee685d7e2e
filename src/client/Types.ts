import type * as account from "../domain/AccountExport.ts"
import type * as project from "../domain/Project.ts"
import type * as tag from "../domain/Tag.ts"
import type * as task from "../domain/Task.ts"
import type * as bulk from "../domain/TaskBulk.ts"
import type { EndpointAt, Json, RequestInput, ResponseBody } from "./ApiTypes.ts"

// Interfaces where that can be: an editor then shows the name, and not twenty fields.

export type TaskStatus = task.TaskStatus
export type TaskPriority = task.TaskPriority

export interface Task extends Json<task.Task> {}
export interface TaskCreate extends Json<task.TaskCreate> {}
export interface TaskUpdate extends Json<task.TaskUpdate> {}
export interface TrashedTask extends Json<task.TrashedTask> {}
export type TaskMove = Json<task.TaskMove>
export type TaskOperation = Json<bulk.TaskOperation>

export interface Project extends Json<project.Project> {}
export interface ProjectCreate extends Json<project.ProjectCreate> {}
export interface ProjectUpdate extends Json<project.ProjectUpdate> {}

export interface Tag extends Json<tag.Tag> {}
export interface TagCreate extends Json<tag.TagCreate> {}
export interface TagUpdate extends Json<tag.TagUpdate> {}

/** What a list of tasks can be asked for. */
export type TaskQuery = RequestInput<EndpointAt<"GET", "/api/tasks">>["query"]

/** How to walk any other list. */
export type PlainQuery = RequestInput<EndpointAt<"GET", "/api/projects">>["query"]

export interface User extends ResponseBody<EndpointAt<"GET", "/api/me">> {}
export interface Health extends ResponseBody<EndpointAt<"GET", "/health">> {}
export type ExportRecord = Json<account.ExportRecord>

/** Part of a list. `next` is the query of the next part, and `total` is there when `count: "exact"` asked for it. */
export interface Page<Item, Query> {
  readonly items: ReadonlyArray<Item>
  readonly next: Query | undefined
  readonly total: number | undefined
}
