import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "../../api/Api.ts"
import { CurrentUser } from "../../api/middleware/Authorization.ts"
import type { ProjectId, ProjectUpdate } from "../../domain/Project.ts"
import type { VersionMatch } from "../../domain/Version.ts"
import { ProjectRepo } from "../../repositories/ProjectRepo.ts"
import { unlessHeld } from "../Conditions.ts"
import { toPage } from "../PaginationLinks.ts"
import { happened } from "../RequestContext.ts"
import { mapProjectErrors } from "./RepositoryErrors.ts"

interface Change {
  readonly params: { readonly project_id: ProjectId }
  readonly headers: { readonly "if-match"?: VersionMatch }
  readonly payload: ProjectUpdate
}

export const ProjectsHandlers = HttpApiBuilder.group(
  Api,
  "projects",
  Effect.fnUntraced(function* (handlers) {
    const projects = yield* ProjectRepo

    const update = Effect.fnUntraced(function* ({ headers, params, payload }: Change) {
      const { id } = yield* CurrentUser
      const project = yield* mapProjectErrors(projects.update(id, params.project_id, payload, headers["if-match"]))
      yield* happened("project updated", { project_id: project.id })
      return project
    })

    return handlers.handleAll({
      list: Effect.fnUntraced(function* ({ query, request }) {
        const { id } = yield* CurrentUser
        return toPage(request.url, query, yield* projects.list(id, query))
      }),

      get: Effect.fnUntraced(function* ({ headers, params }) {
        const { id } = yield* CurrentUser
        return unlessHeld(headers, yield* mapProjectErrors(projects.find(id, params.project_id)))
      }),

      create: Effect.fnUntraced(function* ({ payload }) {
        const { id } = yield* CurrentUser
        const project = yield* mapProjectErrors(projects.create(id, payload))
        yield* happened("project created", { project_id: project.id })
        return project
      }),

      update,
      put: update,

      remove: Effect.fnUntraced(function* ({ headers, params }) {
        const { id } = yield* CurrentUser
        yield* mapProjectErrors(projects.remove(id, params.project_id, headers["if-match"]))
        yield* happened("project deleted", { project_id: params.project_id })
      })
    })
  })
)
