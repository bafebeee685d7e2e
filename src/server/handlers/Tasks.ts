import { Clock, Effect } from "effect"
import type { Groups } from "../../api/Api.ts"
import { CurrentUser } from "../../api/middleware/Authorization.ts"
import { ProjectRepo } from "../../repositories/ProjectRepo.ts"
import { TagRepo } from "../../repositories/TagRepo.ts"
import { TaskRepo } from "../../repositories/TaskRepo.ts"
import type { GroupHandlers } from "../compiler/Handlers.ts"
import { recordAuditEvent } from "../pipeline/RequestContext.ts"
import { crudHandlers } from "./CrudHandlers.ts"
import { toPage } from "./PaginationLinks.ts"
import { bulkErrors, mapErrors, taskErrors } from "./RepositoryErrors.ts"

/** The projects and tags that a text can name. */
const newest = { limit: 1000 }

export const tasksHandlers = Effect.map(
  Effect.all([TaskRepo, ProjectRepo, TagRepo]),
  ([tasks, projects, tags]): GroupHandlers<Groups["tasks"]> => ({
    ...crudHandlers("task", tasks, taskErrors),

    move: Effect.fnUntraced(function* ({ headers, params, payload }) {
      const { id } = yield* CurrentUser
      const move = tasks.move(id, params.task_id, payload, headers["if-match"])
      const task = yield* mapErrors(taskErrors)(move)
      yield* recordAuditEvent("task moved", { task_id: task.id })
      return task
    }),

    completions: Effect.fnUntraced(function* ({ params, query, request }) {
      const { id } = yield* CurrentUser
      const page = yield* mapErrors(taskErrors)(tasks.completions(id, params.task_id, query))
      return toPage("completions", request.url, query, page)
    }),

    parse: Effect.fnUntraced(function* ({ payload }) {
      const { id } = yield* CurrentUser
      const { language = "en", now, text, time_zone = "UTC" } = payload
      // The grammars take long to load, and only this endpoint needs them.
      const { parseTask } = yield* Effect.promise(() => import("../../quick-add/QuickAdd.ts"))
      const hasNames = /[#@]/.test(text)
      return parseTask(text, {
        language,
        time_zone,
        now: now === undefined ? yield* Clock.currentTimeMillis : Date.parse(now),
        projects: hasNames ? (yield* projects.list(id, newest)).items : [],
        tags: hasNames ? (yield* tags.list(id, newest)).items : []
      })
    }),

    bulk: Effect.fnUntraced(function* ({ payload }) {
      const { id } = yield* CurrentUser
      const results = yield* mapErrors(bulkErrors(payload.operations))(tasks.bulk(id, payload.operations))
      const task_ids = payload.operations.flatMap((operation, n) =>
        "id" in operation ? operation.id : (results[n]?.id ?? [])
      )
      yield* recordAuditEvent("tasks changed", { task_ids })
      return { results }
    })
  })
)
