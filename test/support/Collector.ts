import { createServer } from "node:http"
import { Effect } from "effect"
import * as Loopback from "./Loopback.ts"

interface Attribute {
  readonly key: string
  readonly value: Readonly<Record<string, unknown>>
}

export interface Span {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly kind: number
  readonly attributes: ReadonlyArray<Attribute>
  readonly status: { readonly code: number; readonly message?: string }
  readonly events: ReadonlyArray<unknown>
}

export interface Batch {
  readonly path: string
  readonly headers: Readonly<Record<string, unknown>>
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where it is not
  readonly body: any
}

export const attributesOf = ({ attributes }: { readonly attributes: ReadonlyArray<Attribute> }) =>
  Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

/** An OTLP collector that stores what it receives as JSON. */
export const start = Effect.gen(function* () {
  const batches: Array<Batch> = []
  const server = createServer(async (request, response) => {
    const parts = []
    for await (const part of request) parts.push(part)
    batches.push({
      path: request.url ?? "",
      headers: request.headers,
      body: JSON.parse(Buffer.concat(parts).toString())
    })
    response.end("{}")
  })
  const port = yield* Loopback.listen(server, () => server.closeAllConnections())
  const of = (path: string) => batches.filter((batch) => batch.path === path)
  return {
    url: `http://127.0.0.1:${port}`,
    batches,
    spans: (): ReadonlyArray<Span> => of("/v1/traces").flatMap(({ body }) => body.resourceSpans[0].scopeSpans[0].spans),
    logs: () => of("/v1/logs").flatMap(({ body }) => body.resourceLogs[0].scopeLogs[0].logRecords),
    metrics: () => of("/v1/metrics").at(-1)?.body.resourceMetrics[0].scopeMetrics[0].metrics
  }
})
