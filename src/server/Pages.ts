import { Context, Effect } from "effect"
import { HttpRouter } from "effect/http"
import { HttpApiScalar, OpenApi } from "effect/http-api"
import { DocumentedApi } from "../api/openapi/OpenApiDocument.ts"
import type { CompiledEndpoint } from "./compiler/ApiCompiler.ts"
import type { EncodedResponse } from "./compiler/ResponseEncoder.ts"
import { pageHeaders } from "./pipeline/SecurityHeaders.ts"

// The page contains its script. Options that would link to other hosts are off; not all are in the library's type.
const scalar = {
  authentication: { preferredSecurityScheme: "bearer" },
  withDefaultFonts: false,
  hideClientButton: true,
  showDeveloperTools: "never",
  telemetry: false,
  favicon: "data:,"
}

const renderDocs = Effect.promise(async (): Promise<EncodedResponse> => {
  const layer = HttpApiScalar.layer(DocumentedApi, { path: "/docs", scalar })
  const { dispose, handler } = HttpRouter.toWebHandler(layer, { disableLogger: true })
  const response = await handler(new Request("http://localhost/docs"))
  const text = await response.text()
  await dispose()
  return { status: 200, headers: pageHeaders, body: { _tag: "Text", contentType: "text/html; charset=utf-8", text } }
})

const renderOpenApi = Effect.sync((): EncodedResponse => {
  const text = JSON.stringify(OpenApi.fromApi(DocumentedApi))
  return { status: 200, headers: {}, body: { _tag: "Text", contentType: "application/json", text } }
})

/** A page that is rendered at its first request: that takes longer than all else at the start of the service. */
const page = Effect.fnUntraced(function* (path: string, render: Effect.Effect<EncodedResponse>) {
  const rendered = yield* Effect.cached(render)
  return {
    method: "GET",
    path,
    middlewares: new Set(),
    annotations: Context.empty(),
    mediaTypes: new Set<string>(),
    decode: () => ({ input: {} }),
    handle: () => rendered,
    encodeSuccess: (value) => value as EncodedResponse,
    encodeError: () => undefined
  } satisfies CompiledEndpoint
})

/** The OpenAPI document and the page that shows it. */
export const pages = Effect.all([page("/openapi.json", renderOpenApi), page("/docs", renderDocs)])
