import { Context, Effect, Layer } from "effect"
import { HttpRouter, HttpServerResponse } from "effect/http"
import { HttpApiBuilder, HttpApiScalar } from "effect/http-api"
import { Authorization } from "../api/middleware/Authorization.ts"
import { ErrorHandler } from "../api/middleware/ErrorHandler.ts"
import { Idempotency } from "../api/middleware/Idempotency.ts"
import { RateLimit } from "../api/middleware/RateLimit.ts"
import { BodyLimits, RequestValidation } from "../api/middleware/RequestValidation.ts"
import { DocumentedApi } from "../api/openapi/OpenApiDocument.ts"
import { AccountRepo } from "../repositories/AccountRepo.ts"
import { ProjectRepo } from "../repositories/ProjectRepo.ts"
import { TagRepo } from "../repositories/TagRepo.ts"
import { TaskRepo } from "../repositories/TaskRepo.ts"
import { TrashRepo } from "../repositories/TrashRepo.ts"
import { AuthorizationLayer } from "./Authorization.ts"
import { BodyRulesLayer } from "./BodyLimits.ts"
import { EdgeLayer } from "./Edge.ts"
import { FaultsLayer } from "./ErrorMapping.ts"
import { ExportHandlers } from "./handlers/Export.ts"
import { HealthHandlers } from "./handlers/Health.ts"
import { MeHandlers } from "./handlers/Me.ts"
import { ProjectsHandlers } from "./handlers/Projects.ts"
import { TagsHandlers } from "./handlers/Tags.ts"
import { TasksHandlers } from "./handlers/Tasks.ts"
import { TrashHandlers } from "./handlers/Trash.ts"
import { IdempotencyLayer } from "./Idempotency.ts"
import { RateLimitLayer } from "./RateLimit.ts"
import { Readiness } from "./Readiness.ts"
import { pagePolicy } from "./SecurityHeaders.ts"
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
    ...[Authorization, RateLimit, Idempotency, BodyLimits, RequestValidation, ErrorHandler]
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
