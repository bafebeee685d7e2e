import { HttpApi, OpenApi } from "effect/http-api"
import { ExportApi } from "./Export.ts"
import { HealthApi } from "./Health.ts"
import { MeApi } from "./Me.ts"
import { ErrorHandler } from "./middleware/ErrorHandler.ts"
import { ProjectsApi } from "./Projects.ts"
import { TagsApi } from "./Tags.ts"
import { TasksApi } from "./Tasks.ts"
import { TrashApi } from "./Trash.ts"

// Every fault is reported, not the first, and what nobody declared is a fault: a misspelt field that
// is dropped in silence is a change that the user believes was made.
export const strictParseOptions = { errors: "all", onExcessProperty: "error" } as const

export const version = "0.1.0"

/** The contract. It runs nothing, so a browser, a test and the server can hold the same one. */
export class Api extends HttpApi.make("tasks")
  .add(TasksApi, TrashApi, ProjectsApi, TagsApi, ExportApi, MeApi, HealthApi)
  .middleware(ErrorHandler)
  .annotate(HttpApi.PayloadParseOptions, strictParseOptions)
  .annotate(HttpApi.QueryParseOptions, strictParseOptions)
  .annotateMerge(
    OpenApi.annotations({
      title: "Effect Tasks",
      version,
      license: { name: "MIT", identifier: "MIT" },
      // Wherever the document is, there the service is.
      servers: [{ url: "/", description: "The service that this document came from" }]
    })
  ) {}
