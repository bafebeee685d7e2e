import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { Context, Data, Effect, Layer, type Scope } from "effect"
import { PrometheusMetrics } from "effect/observability"
import type { HealthChecks } from "../api/errors/CommonErrors.ts"
import type { Config } from "../config/Config.ts"

/** The admin port cannot be opened. */
export class AdminPortUnavailable extends Data.TaggedError("AdminPortUnavailable")<{ readonly message: string }> {}

const starting: Effect.Effect<HealthChecks> = Effect.succeed({
  startup: { status: "failing", reason: "the service is starting" }
})

interface Response {
  readonly status: number
  readonly type: string
  readonly body: string
}

const text = (status: number, body: string): Response => ({ status, type: "text/plain; charset=utf-8", body })
const json = (status: number, value: unknown): Response => ({
  status,
  type: "application/json",
  body: JSON.stringify(value)
})

const metrics = (): Response => ({
  status: 200,
  type: "text/plain; version=0.0.4; charset=utf-8",
  body: PrometheusMetrics.formatUnsafe(Context.empty())
})

const ready = (checks: HealthChecks) =>
  Object.values(checks).some(({ status }) => status === "failing")
    ? json(503, { status: "failing", checks })
    : json(200, { status: "ok", checks })

const paths = "/metrics, /health/live, /health/ready"

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
        let checks = starting
        const respond = async (request: IncomingMessage): Promise<Response> => {
          switch (request.url?.split("?", 1)[0]) {
            case "/metrics":
              return metrics()
            case "/health/live":
              return json(200, { status: "ok" })
            case "/health/ready":
              return ready(await Effect.runPromise(checks))
            default:
              return text(404, `Not found. Available: ${paths}\n`)
          }
        }
        if (ADMIN_PORT !== undefined) {
          const { port } = yield* listen(ADMIN_HOST, ADMIN_PORT, respond)
          const host = ADMIN_HOST.includes(":") ? `[${ADMIN_HOST}]` : ADMIN_HOST
          yield* Effect.logInfo(`admin port at http://${host}:${port} (${paths})`)
        }
        return {
          useChecks: (ofService) =>
            Effect.acquireRelease(
              Effect.sync(() => {
                checks = ofService
              }),
              () =>
                Effect.sync(() => {
                  checks = starting
                })
            )
        }
      })
    )
}

// A connection that sends nothing is closed after five seconds.
const limits = { requestTimeout: 5_000, headersTimeout: 5_000, connectionsCheckingInterval: 1_000 }

const listen = (host: string, port: number, respond: (request: IncomingMessage) => Promise<Response>) => {
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { allow: "GET, HEAD" }).end()
      return
    }
    const { body, status, type } = await respond(request)
    response
      .writeHead(status, {
        "content-type": type,
        "content-length": Buffer.byteLength(body),
        "cache-control": "no-store"
      })
      .end(body)
  }
  return Effect.acquireRelease(
    Effect.callback<{ readonly server: Server; readonly port: number }, AdminPortUnavailable>((resume) => {
      const server = createServer(limits, handle)
      server.once("error", ({ message }) =>
        resume(
          Effect.fail(
            new AdminPortUnavailable({ message: `cannot open the admin port (ADMIN_HOST, ADMIN_PORT): ${message}` })
          )
        )
      )
      server.listen({ host, port }, () => {
        const address = server.address()
        resume(Effect.succeed({ server, port: typeof address === "object" && address !== null ? address.port : port }))
      })
    }),
    // Does not wait for connections: a metrics scraper keeps its connection open.
    ({ server }) => Effect.sync(() => void server.close())
  )
}
