import { Cause, Effect, Stream } from "effect"
import { HttpApiBuilder, HttpApiSchema } from "effect/http-api"
import { Api } from "../../api/Api.ts"
import { CurrentUser } from "../../api/middleware/Authorization.ts"
import { AccountRepo } from "../../repositories/AccountRepo.ts"
import { problemOf, report } from "../ErrorMapping.ts"

export const ExportHandlers = HttpApiBuilder.group(
  Api,
  "export",
  Effect.fnUntraced(function* (handlers) {
    const account = yield* AccountRepo
    return handlers.handle(
      "get",
      Effect.fnUntraced(function* () {
        const { id } = yield* CurrentUser
        const rows = yield* account.streamAll(id)
        return HttpApiSchema.withHeaders({
          // Its status is sent, so no problem can be told any more: the answer breaks off, and the log says why.
          body: Stream.tapCause(rows, (cause) =>
            Cause.hasInterruptsOnly(cause) ? Effect.void : report(problemOf(Cause.squash(cause)), cause)
          ),
          headers: { "content-disposition": 'attachment; filename="tasks.ndjson"' as const }
        })
      })
    )
  })
)
