import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { ChangesPage, ChangesQuery } from "../domain/Change.ts"
import { SyncResetRequired } from "./errors/SyncErrors.ts"
import { operation } from "./openapi/Operation.ts"

export class ChangesApi extends HttpApiGroup.make("changes")
  .add(
    HttpApiEndpoint.get("list", "/api/changes", {
      query: ChangesQuery,
      success: ChangesPage,
      error: SyncResetRequired
    }).annotateMerge(
      operation(
        "listChanges",
        "List the changes since a cursor",
        "The rows that were created, changed, moved to the trash or deleted since the response that the cursor comes from, each in its latest state. No change is missed. Without a cursor: all rows, with the trash. A cursor is valid for its user only, and for 90 days: later the response is 410."
      )
    )
  )
  .annotate(OpenApi.Description, "What changed since a client last asked.") {}
