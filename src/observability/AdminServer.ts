import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { Context, Effect, Layer } from "effect"
import { HttpServerError } from "effect/http"
import { PrometheusMetrics } from "effect/observability"
import type { Config } from "../config/Config.ts"

const headers = { "content-type": "text/plain; version=0.0.4; charset=utf-8", "cache-control": "no-store" }

const answer = (request: IncomingMessage, response: ServerResponse) => {
  if (request.url !== "/metrics") response.writeHead(404, { "content-type": "text/plain" }).end("Look at /metrics\n")
  else if (request.method !== "GET") response.writeHead(405, { allow: "GET" }).end()
  else response.writeHead(200, headers).end(PrometheusMetrics.formatUnsafe(Context.empty()))
}

/** `/metrics` for Prometheus, on a port of its own: it is for the operator, and asks for no token. */
const open = (host: string, port: number) =>
  Effect.acquireRelease(
    Effect.callback<ReturnType<typeof createServer>, HttpServerError.ServeError>((resume) => {
      const server = createServer({ requestTimeout: 5_000, headersTimeout: 5_000 }, answer)
      server.once("error", (cause) => resume(Effect.fail(new HttpServerError.ServeError({ cause }))))
      server.listen({ host, port }, () => resume(Effect.succeed(server)))
    }),
    // A scraper keeps its connection open; nobody waits for that.
    (server) => Effect.sync(() => void server.close())
  )

export const layer = ({ ADMIN_HOST, ADMIN_PORT }: Config) =>
  ADMIN_PORT === undefined
    ? Layer.empty
    : Layer.effectDiscard(
        Effect.gen(function* () {
          const address = (yield* open(ADMIN_HOST, ADMIN_PORT)).address()
          const port = typeof address === "object" ? address?.port : ADMIN_PORT
          yield* Effect.logInfo(
            `metrics at http://${ADMIN_HOST.includes(":") ? `[${ADMIN_HOST}]` : ADMIN_HOST}:${port}/metrics`
          )
        })
      )
