import { Schema } from "effect"
import { Project } from "../../domain/Project.ts"
import { Tag } from "../../domain/Tag.ts"
import { Task } from "../../domain/Task.ts"
import { apiErrors } from "../errors/ApiErrors.ts"
import * as Problems from "../errors/CommonErrors.ts"
import * as Idempotency from "../errors/IdempotencyErrors.ts"
import * as Projects from "../errors/ProjectErrors.ts"
import * as Tags from "../errors/TagErrors.ts"
import * as Tasks from "../errors/TaskErrors.ts"
import { examples } from "./OpenApiExamples.ts"

const encode = Schema.encodeSync(Schema.Union(apiErrors))

/** Every problem as it is sent, by its name. */
export const errorExamples = () => {
  const request_id = "01a1fad1-bc3e-7089-8f59-e07e6cad93a6"
  const task = { request_id, current: Schema.decodeSync(Task)(examples.Task) }
  const project = { request_id, current: Schema.decodeSync(Project)(examples.Project) }
  const tag = { request_id, current: Schema.decodeSync(Tag)(examples.Tag) }
  return [
    new Problems.BadRequest({ request_id }),
    new Problems.Unauthorized({ request_id, code: "TOKEN_EXPIRED", detail: "The token has expired." }),
    new Problems.RouteNotFound({ request_id }),
    new Tasks.TaskNotFound({ request_id }),
    new Projects.ProjectNotFound({ request_id }),
    new Tags.TagNotFound({ request_id }),
    new Problems.MethodNotAllowed({ request_id, allow: ["GET", "HEAD", "POST"] }),
    new Problems.RequestTimeout({ request_id }),
    new Tasks.TaskAlreadyExists(task),
    new Projects.ProjectAlreadyExists(project),
    new Tags.TagAlreadyExists(tag),
    new Tags.TagNameTaken(tag),
    new Idempotency.IdempotencyKeyInProgress({ request_id }),
    new Tasks.TaskVersionConflict(task),
    new Projects.ProjectVersionConflict(project),
    new Tags.TagVersionConflict(tag),
    new Problems.PayloadTooLarge({ request_id }),
    new Problems.UnsupportedMediaType({ request_id }),
    new Problems.ValidationFailed({ request_id, errors: [examples.Fault] }),
    new Idempotency.IdempotencyKeyReused({ request_id }),
    new Problems.TooManyRequests({
      request_id,
      detail: "A user may send 100 requests a minute. Wait for as many seconds as Retry-After says.",
      limit: "user",
      retry_after: 1
    }),
    new Problems.HeadersTooLarge({ request_id }),
    new Problems.InternalServerError({ request_id }),
    new Problems.ServiceUnavailable({ request_id }),
    new Problems.NotReady({ request_id, checks: { database: { status: "failing", reason: "does not answer" } } })
  ].map((problem) => ({ name: problem._tag, body: encode(problem) }))
}
