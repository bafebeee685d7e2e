import { Exit } from "effect"
import { NotReady } from "../../api/errors/CommonErrors.ts"
import type { Readiness } from "../Readiness.ts"
import type { RequestContext, StepResult } from "./RequestContext.ts"

const notReady = Exit.fail(
  new NotReady({ checks: { schema: { status: "failing", reason: "the database has not been checked yet" } } })
)

/** 503 until migrations and row-level security were found to match: with others, lists could be empty or wrong. */
export const schemaGate =
  ({ canServe }: Readiness["Service"], isHealthCheck: (request: RequestContext) => boolean) =>
  (request: RequestContext): StepResult =>
    canServe() || isHealthCheck(request) ? Exit.void : notReady
