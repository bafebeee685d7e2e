import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { PageQuery } from "../domain/Page.ts"
import { Task, TaskCreate, TaskId, TaskUpdate } from "../domain/Task.ts"
import { Version } from "../domain/Version.ts"
import { Authorization } from "./Authorization.ts"
import { ETag, IfMatch, IfNoneMatch } from "./ETag.ts"
import { BodyRules, Validation } from "./Input.ts"
import { TaskChanged, TaskExists, TaskNotFound } from "./Problems.ts"

const TaskWithTag = Task.pipe(
  HttpApiSchema.encodeToWithHeaders(
    { body: Task, headers: { etag: ETag } },
    { decode: ({ body }) => body, encode: (task) => ({ body: task, headers: { etag: task.version } }) }
  )
)

const TaskCreated = Task.pipe(
  HttpApiSchema.encodeToWithHeaders(
    { body: Task.pipe(HttpApiSchema.status(201)), headers: { etag: ETag, location: Schema.String } },
    {
      decode: ({ body }) => body,
      encode: (task) => ({ body: task, headers: { etag: task.version, location: `/api/tasks/${task.id}` } })
    }
  )
)

/** 304: the version the client holds is the current one. */
export const NotModified = Schema.Struct({ not_modified: Version })
const NotModifiedWithTag = NotModified.pipe(
  HttpApiSchema.encodeToWithHeaders(
    { body: HttpApiSchema.Empty(304), headers: { etag: ETag } },
    {
      decode: ({ headers }) => ({ not_modified: headers.etag }),
      encode: ({ not_modified }) => ({ body: undefined, headers: { etag: not_modified } })
    }
  )
)

/** One page of a list: the array is the body, the rest travels in headers. `next` is a relative URL. */
export const TaskPage = Schema.Struct({
  items: Schema.Array(Task),
  next: Schema.UndefinedOr(Schema.String),
  total: Schema.UndefinedOr(Schema.Int)
})
export type TaskPage = typeof TaskPage.Type

const TaskPageWithHeaders = TaskPage.pipe(
  HttpApiSchema.encodeToWithHeaders(
    {
      body: Schema.Array(Task),
      headers: { link: Schema.optionalKey(Schema.String), "x-total-count": Schema.optionalKey(Schema.Int) }
    },
    {
      decode: ({ body, headers }) => ({
        items: body,
        next: headers.link?.match(/<([^>]*)>\s*;\s*rel="?next"?/)?.[1],
        total: headers["x-total-count"]
      }),
      encode: ({ items, next, total }) => ({
        body: items,
        headers: {
          ...(next !== undefined && { link: `<${next}>; rel="next"` }),
          ...(total !== undefined && { "x-total-count": total })
        }
      })
    }
  )
)

const path = "/api/tasks"
const one = { params: { task_id: TaskId } }
const condition = { headers: { "if-match": Schema.optionalKey(IfMatch) } }

const change = {
  ...one,
  ...condition,
  // RFC 7396 has a media type of its own for what our JSON means anyway.
  payload: [TaskUpdate, TaskUpdate.pipe(HttpApiSchema.asJson({ contentType: "application/merge-patch+json" }))],
  success: TaskWithTag,
  error: [TaskNotFound, TaskChanged]
} as const

export class TasksApi extends HttpApiGroup.make("tasks")
  .add(
    HttpApiEndpoint.get("list", path, { query: PageQuery, success: TaskPageWithHeaders })
      .middleware(Validation)
      .annotateMerge(OpenApi.annotations({ identifier: "listTasks", summary: "List your tasks, newest first" }))
  )
  .add(
    HttpApiEndpoint.post("create", path, { payload: TaskCreate, success: TaskCreated, error: TaskExists })
      .middleware(Validation)
      .middleware(BodyRules)
      .annotateMerge(OpenApi.annotations({ identifier: "createTask", summary: "Create a task" }))
  )
  .add(
    HttpApiEndpoint.get("get", `${path}/:task_id`, {
      ...one,
      headers: { "if-none-match": Schema.optionalKey(IfNoneMatch) },
      success: [TaskWithTag, NotModifiedWithTag],
      error: TaskNotFound
    })
      .middleware(Validation)
      .annotateMerge(OpenApi.annotations({ identifier: "getTask", summary: "Get a task" }))
  )
  .add(
    HttpApiEndpoint.patch("update", `${path}/:task_id`, change)
      .middleware(Validation)
      .middleware(BodyRules)
      .annotateMerge(OpenApi.annotations({ identifier: "updateTask", summary: "Change some fields of a task" }))
  )
  .add(
    HttpApiEndpoint.put("put", `${path}/:task_id`, change)
      .middleware(Validation)
      .middleware(BodyRules)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "putTask",
          summary: "Change some fields of a task",
          description: "The same as PATCH: fields that are absent stay as they are."
        })
      )
  )
  .add(
    HttpApiEndpoint.delete("remove", `${path}/:task_id`, {
      ...one,
      ...condition,
      error: [TaskNotFound, TaskChanged]
    })
      .middleware(Validation)
      .annotateMerge(OpenApi.annotations({ identifier: "removeTask", summary: "Delete a task" }))
  )
  .middleware(Authorization) {}
