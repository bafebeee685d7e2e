import { Context, Effect, Layer } from "effect"
import type { Groups } from "../../api/Api.ts"
import type { ApiHandlers } from "../compiler/Handlers.ts"
import { accountHandlers } from "./Account.ts"
import { changesHandlers } from "./Changes.ts"
import { eventsHandlers } from "./Events.ts"
import { exportHandlers } from "./Export.ts"
import { healthHandlers } from "./Health.ts"
import { meHandlers } from "./Me.ts"
import { projectsHandlers } from "./Projects.ts"
import { recurrenceHandlers } from "./Recurrence.ts"
import { tagsHandlers } from "./Tags.ts"
import { tasksHandlers } from "./Tasks.ts"
import { trashHandlers } from "./Trash.ts"

/** A handler for every endpoint of the contract. */
export class Handlers extends Context.Service<Handlers, ApiHandlers<Groups[keyof Groups]>>()("tasks/server/Handlers") {
  static readonly layer = Layer.effect(
    Handlers,
    Effect.all({
      tasks: tasksHandlers,
      trash: trashHandlers,
      recurrence: Effect.succeed(recurrenceHandlers),
      projects: projectsHandlers,
      tags: tagsHandlers,
      account: accountHandlers,
      changes: changesHandlers,
      events: eventsHandlers,
      export: exportHandlers,
      me: Effect.succeed(meHandlers),
      health: healthHandlers
    })
  )
}
