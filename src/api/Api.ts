import { HttpApi, OpenApi } from "effect/http-api"
import { AccountApi, ExportApi, MeApi } from "./Account.ts"
import { HealthApi } from "./Health.ts"
import { Authorization } from "./middleware/Authorization.ts"
import { ErrorHandler } from "./middleware/ErrorHandler.ts"
import { RateLimit } from "./middleware/RateLimit.ts"
import { ProjectsApi } from "./Projects.ts"
import { ChangesApi, EventsApi } from "./Sync.ts"
import { TagsApi } from "./Tags.ts"
import { RecurrenceApi, TasksApi, TrashApi } from "./Tasks.ts"

// Every error is reported, not the first, and an undeclared field is an error: a client that misspells a field must not
// believe that the server stored it.
export const strictParseOptions = { errors: "all", onExcessProperty: "error" } as const

export const version = "0.1.0"

/** The contract. It runs nothing, so that browsers, tests and the server share it. */
export class Api extends HttpApi.make("tasks")
  .add(TasksApi, TrashApi, RecurrenceApi, ProjectsApi, TagsApi, ChangesApi, EventsApi, ExportApi, AccountApi, MeApi)
  // The endpoints above need a token. Authentication comes first, then the count of the user's requests.
  .middleware(RateLimit)
  .middleware(Authorization)
  .add(HealthApi)
  .middleware(ErrorHandler)
  .annotate(HttpApi.PayloadParseOptions, strictParseOptions)
  .annotate(HttpApi.QueryParseOptions, strictParseOptions)
  // The constraints of the tables guarantee what the checks would repeat for every row of every response.
  .annotate(HttpApi.SuccessParseOptions, { disableChecks: true })
  .annotateMerge(
    OpenApi.annotations({
      title: "Effect Tasks",
      version,
      license: { name: "MIT", identifier: "MIT" },
      servers: [{ url: "/", description: "The server of this document" }]
    })
  ) {}

/** The groups of endpoints, each with what is required of all of them. */
export type Groups = (typeof Api)["groups"]
