import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { Context, Data, Effect, Layer, Ref, type Scope } from "effect"
import { PrometheusMetrics } from "effect/observability"
import type { HealthChecks } from "../api/errors/CommonErrors.ts"
import type { Config } from "../config/Config.ts"

export class AdminPortUnavailable extends Data.TaggedError("AdminPortUnavailable")<{ readonly message: string }> {}

const starting: Effect.Effect<HealthChecks> = Effect.succeed({
  startup: { status: "failing", reason: "the service is starting" }
})

const json = (status: number, value: unknown) => ({ status, type: "application/json", body: JSON.stringify(value) })

const paths = "/metrics, /health/live, /health/ready"

const respond = async (path: string | undefined, checks: Effect.Effect<HealthChecks>) => {
  switch (path) {
    case "/metrics": {
      const body = PrometheusMetrics.formatUnsafe(Context.empty())
      return { status: 200, type: "text/plain; version=0.0.4; charset=utf-8", body }
    }
    case "/health/live":
      return json(200, { status: "ok" })
    case "/health/ready": {
      const results = await Effect.runPromise(checks)
      const isFailing = Object.values(results).some(({ status }) => status === "failing")
      return json(isFailing ? 503 : 200, { status: isFailing ? "failing" : "ok", checks: results })
    }
    default:
      return { status: 404, type: "text/plain; charset=utf-8", body: `Not found. Available: ${paths}\n` }
  }
}

// A connection that sends nothing is closed after five seconds.
const limits = { requestTimeout: 5_000, headersTimeout: 5_000, connectionsCheckingInterval: 1_000 }

/** Listens until the scope ends, and yields the port. */
const listen = (host: string, port: number, checks: Ref.Ref<Effect.Effect<HealthChecks>>) => {
  const server = createServer(limits, async ({ method, url }, response) => {
    if (method !== "GET" && method !== "HEAD") {
      response.writeHead(405, { allow: "GET, HEAD" }).end()
      return
    }
    const { body, status, type } = await respond(url?.split("?", 1)[0], Ref.getUnsafe(checks))
    const headers = { "content-type": type, "content-length": Buffer.byteLength(body), "cache-control": "no-store" }
    response.writeHead(status, headers).end(body)
  })
  const listening = Effect.callback<number, AdminPortUnavailable>((resume) => {
    server.once("error", (error) => {
      const message = `cannot open the admin port (ADMIN_HOST, ADMIN_PORT): ${error.message}`
      resume(Effect.fail(new AdminPortUnavailable({ message })))
    })
    server.listen({ host, port }, () => resume(Effect.succeed((server.address() as AddressInfo).port)))
  })
  // Does not wait for connections: a metrics scraper keeps its connection open.
  return Effect.acquireRelease(listening, () => Effect.sync(() => void server.close()))
}

/** `/metrics`, `/health/live` and `/health/ready` without a token, on a port of their own. */
export class AdminServer extends Context.Service<
  AdminServer,
  {
    /** Until then, and after the scope ends, `/health/ready` responds with 503. */
    useChecks(checks: Effect.Effect<HealthChecks>): Effect.Effect<void, never, Scope.Scope>
  }
>()("tasks/observability/AdminServer") {
  static readonly layer = ({ ADMIN_HOST, ADMIN_PORT }: Config) =>
    Layer.effect(
      AdminServer,
      Effect.gen(function* () {
        const checks = yield* Ref.make(starting)
        if (ADMIN_PORT !== undefined) {
          const port = yield* listen(ADMIN_HOST, ADMIN_PORT, checks)
          const host = ADMIN_HOST.includes(":") ? `[${ADMIN_HOST}]` : ADMIN_HOST
          yield* Effect.logInfo(`admin port at http://${host}:${port} (${paths})`)
        }
        return {
          useChecks: (ofService) => Effect.acquireRelease(Ref.set(checks, ofService), () => Ref.set(checks, starting))
        }
      })
    )
}
