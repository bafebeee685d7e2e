import { Context, Effect, Layer } from "effect"
import type { Groups } from "../../api/Api.ts"
import { CurrentUser } from "../../api/middleware/Authorization.ts"
import { ProjectRepo } from "../../repositories/ProjectRepo.ts"
import { TagRepo } from "../../repositories/TagRepo.ts"
import type { ApiHandlers } from "../compiler/Handlers.ts"
import { accountHandlers } from "./Account.ts"
import { changesHandlers } from "./Changes.ts"
import { crudHandlers } from "./CrudHandlers.ts"
import { eventsHandlers } from "./Events.ts"
import { exportHandlers } from "./Export.ts"
import { healthHandlers } from "./Health.ts"
import { recurrenceHandlers } from "./Recurrence.ts"
import { projectErrors, tagErrors } from "./RepositoryErrors.ts"
import { tasksHandlers } from "./Tasks.ts"
import { trashHandlers } from "./Trash.ts"

export class Handlers extends Context.Service<Handlers, ApiHandlers<Groups[keyof Groups]>>()("tasks/server/Handlers") {
  static readonly layer = Layer.effect(
    Handlers,
    Effect.all({
      tasks: tasksHandlers,
      trash: trashHandlers,
      recurrence: Effect.succeed(recurrenceHandlers),
      projects: Effect.map(ProjectRepo, (projects) => crudHandlers("project", projects, projectErrors)),
      tags: Effect.map(TagRepo, (tags) => crudHandlers("tag", tags, tagErrors)),
      account: accountHandlers,
      changes: changesHandlers,
      events: eventsHandlers,
      export: exportHandlers,
      me: Effect.succeed({ get: () => Effect.map(CurrentUser, ({ issued_at: _, ...user }) => user) }),
      health: healthHandlers
    })
  )
}
