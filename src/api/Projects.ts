import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { ListQuery } from "../domain/Pagination.ts"
import { Project, ProjectCreate, ProjectId, ProjectUpdate } from "../domain/Project.ts"
import { ProjectAlreadyExists, ProjectNotFound, ProjectVersionConflict } from "./errors/ProjectErrors.ts"
import { Authorization } from "./middleware/Authorization.ts"
import { Idempotency, idempotencyKey } from "./middleware/Idempotency.ts"
import { RateLimit } from "./middleware/RateLimit.ts"
import { BodyLimits, RequestValidation } from "./middleware/RequestValidation.ts"
import {
  createdResponse,
  ifMatch,
  ifNoneMatch,
  mergePatch,
  NotModified,
  pageResponse,
  withETag
} from "./schemas/ResponseSchemas.ts"

const path = "/api/projects"
const params = { project_id: ProjectId }
const change = {
  params,
  headers: ifMatch,
  payload: mergePatch(ProjectUpdate),
  success: withETag(Project),
  error: [ProjectNotFound, ProjectVersionConflict]
} as const

export class ProjectsApi extends HttpApiGroup.make("projects")
  .add(
    HttpApiEndpoint.get("list", path, { query: ListQuery, success: pageResponse(Project) })
      .middleware(RequestValidation)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "listProjects",
          summary: "List your projects",
          description: "Newest first, archived ones too."
        })
      )
  )
  .add(
    HttpApiEndpoint.post("create", path, {
      headers: idempotencyKey,
      payload: ProjectCreate,
      success: createdResponse(Project, path),
      error: ProjectAlreadyExists
    })
      .middleware(RequestValidation)
      .middleware(Idempotency)
      .middleware(BodyLimits)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "createProject",
          summary: "Create a project",
          description: "The id may come from you: one you have already is 409, with the project that has it."
        })
      )
  )
  .add(
    HttpApiEndpoint.get("get", `${path}/:project_id`, {
      params,
      headers: ifNoneMatch,
      success: [withETag(Project), NotModified],
      error: ProjectNotFound
    })
      .middleware(RequestValidation)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "getProject",
          summary: "Get a project",
          description: "With its version as the `ETag`, which the next change can be meant for."
        })
      )
  )
  .add(
    HttpApiEndpoint.patch("update", `${path}/:project_id`, change)
      .middleware(RequestValidation)
      .middleware(BodyLimits)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "updateProject",
          summary: "Change some fields of a project",
          description:
            "Fields that are absent stay as they are, `null` clears (RFC 7396). With `If-Match` the change is made only to that version: another one is 412, with the project as it is now."
        })
      )
  )
  .add(
    HttpApiEndpoint.put("put", `${path}/:project_id`, change)
      .middleware(RequestValidation)
      .middleware(BodyLimits)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "putProject",
          summary: "Change some fields of a project",
          description: "The same as PATCH: fields that are absent stay as they are."
        })
      )
  )
  .add(
    HttpApiEndpoint.delete("remove", `${path}/:project_id`, {
      params,
      headers: ifMatch,
      error: [ProjectNotFound, ProjectVersionConflict]
    })
      .middleware(RequestValidation)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "removeProject",
          summary: "Delete a project; its tasks stay, without one",
          description: "Its tasks keep everything but the project. `If-Match` counts here too."
        })
      )
  )
  .middleware(RateLimit)
  .middleware(Authorization)
  .annotate(OpenApi.Description, "Places for tasks that belong together.") {}
