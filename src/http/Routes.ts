import { Context, Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { HttpApiBuilder, HttpApiScalar } from "effect/http-api"
import { Authorization } from "../api/Authorization.ts"
import { DocumentedApi } from "../api/Document.ts"
import { Faults } from "../api/Faults.ts"
import { Idempotency } from "../api/Idempotency.ts"
import { BodyRules, Validation } from "../api/Input.ts"
import { RateLimit } from "../api/RateLimit.ts"
import { AccountRepo } from "../repo/AccountRepo.ts"
import { ProjectRepo } from "../repo/ProjectRepo.ts"
import { TagRepo } from "../repo/TagRepo.ts"
import { TaskRepo } from "../repo/TaskRepo.ts"
import { TrashRepo } from "../repo/TrashRepo.ts"
import { Readiness } from "../service/Readiness.ts"
import { AuthorizationLayer } from "./Authorization.ts"
import { BodyRulesLayer } from "./BodyRules.ts"
import { EdgeLayer } from "./Edge.ts"
import { ExportHandlers } from "./Export.ts"
import { FaultsLayer } from "./Faults.ts"
import { HealthHandlers } from "./Health.ts"
import { IdempotencyLayer } from "./Idempotency.ts"
import { MeHandlers } from "./Me.ts"
import { ProjectsHandlers } from "./Projects.ts"
import { RateLimitLayer } from "./RateLimit.ts"
import { pagePolicy } from "./SecurityHeaders.ts"
import { TagsHandlers } from "./Tags.ts"
import { TasksHandlers } from "./Tasks.ts"
import { TrashHandlers } from "./Trash.ts"
import { ValidationLayer } from "./Validation.ts"
import { within } from "./Within.ts"

const openapi = "/openapi.json"
const docs = "/docs"

// The page brings its script along. What would lead to another host, or come from one, is left out. Not every name is
// in the library's type.
const scalar = {
  authentication: { preferredSecurityScheme: "bearer" },
  withDefaultFonts: false,
  hideClientButton: true,
  showDeveloperTools: "never",
  telemetry: false,
  favicon: "data:,"
}

const DocsLayer = HttpApiScalar.layer(DocumentedApi, { path: docs, scalar }).pipe(
  Layer.provide(
    HttpRouter.middleware((httpEffect) => Effect.map(httpEffect, HttpServerResponse.setHeaders(pagePolicy))).layer
  )
)

const Handlers = within(
  Context.pick(
    ...[TaskRepo, TrashRepo, ProjectRepo, TagRepo, AccountRepo, Readiness],
    ...[Authorization, RateLimit, Idempotency, BodyRules, Validation, Faults]
  ),
  Layer.mergeAll(
    TasksHandlers,
    TrashHandlers,
    ProjectsHandlers,
    TagsHandlers,
    ExportHandlers,
    MeHandlers,
    HealthHandlers
  )
)

/**
 * Everything the service answers. What is left to provide is what varies: `Auth`, the repositories,
 * `RateLimits` and `Readiness`. A test and the production entry point put theirs in through this same hole.
 */
export const Routes = Layer.mergeAll(
  HttpApiBuilder.layer(DocumentedApi, { openapiPath: openapi }),
  DocsLayer,
  EdgeLayer([openapi, docs])
).pipe(
  Layer.provide(Handlers),
  Layer.provide([AuthorizationLayer, RateLimitLayer, IdempotencyLayer, BodyRulesLayer, ValidationLayer, FaultsLayer])
)
