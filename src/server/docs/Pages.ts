import { createHash } from "node:crypto"
import { existsSync } from "node:fs"
import { readFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { gunzip, gzip } from "node:zlib"
import { Context, Effect } from "effect"
import { OpenApi } from "effect/http-api"
import { RouteNotFound } from "../../api/errors/CommonErrors.ts"
import { docsDocument } from "../../api/openapi/DocsDocument.ts"
import { DocumentedApi } from "../../api/openapi/OpenApiDocument.ts"
import type { CompiledEndpoint } from "../compiler/ApiCompiler.ts"
import type { RequestParts } from "../compiler/RequestDecoder.ts"
import type { EncodedResponse } from "../compiler/ResponseEncoder.ts"
import { pageHeaders } from "../pipeline/SecurityHeaders.ts"

/** A response that is the same for all clients. Only its compressed form is kept in memory. */
interface Page {
  readonly contentType: string
  readonly headers: Readonly<Record<string, string>>
  readonly compressed: Buffer
}

const compress = (contentType: string, text: string, headers: Page["headers"] = {}) =>
  Effect.promise(async (): Promise<Page> => ({ contentType, headers, compressed: await promisify(gzip)(text) }))

const isGzipAccepted = (header: unknown) => /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i.test(String(header))

const encode = ({ compressed, contentType, headers }: Page, isCompressed: boolean) =>
  Effect.promise(async (): Promise<EncodedResponse> => {
    const bytes = isCompressed ? compressed : await promisify(gunzip)(compressed)
    return {
      status: 200,
      headers: { ...headers, vary: "Accept-Encoding", ...(isCompressed && { "content-encoding": "gzip" }) },
      body: { _tag: "Bytes", contentType, bytes }
    }
  })

/** The bundle has the compressed script as a file; the sources compress it at the first request. */
const loadScript = Effect.promise(async () => {
  const file = join(import.meta.dirname, "scalar.js.gz")
  const compressed = existsSync(file)
    ? await readFile(file)
    : await (await import("./ScalarScript.ts")).compressScalar()
  const hash = createHash("sha256").update(compressed).digest("hex").slice(0, 16)
  // The name changes with the content, so a browser never requests it twice.
  const headers = { "cache-control": "public, max-age=31536000, immutable" }
  const page: Page = { contentType: "text/javascript; charset=utf-8", headers, compressed }
  return { name: `scalar.${hash}.js`, page }
})

// Scalar's own colors of methods and of secondary text have less contrast than WCAG 2.2 requires (1.4.3).
const customCss = `
.light-mode.light-mode {
  --scalar-color-2: #5f5f5f; --scalar-color-3: #6b6b6b; --scalar-color-green: #007045; --scalar-color-blue: #0062a3;
  --scalar-color-red: #c00000; --scalar-color-yellow: #806000; --scalar-color-orange: #a83a00;
}
.dark-mode.dark-mode { --scalar-color-3: #9a9a9a; --scalar-color-red: #ff6666; }`

// Options that would link to other hosts are off.
const configuration = JSON.stringify({
  authentication: { preferredSecurityScheme: "bearer" },
  withDefaultFonts: false,
  hideClientButton: true,
  showDeveloperTools: "never",
  telemetry: false,
  customCss,
  favicon: "data:,"
})

const escapeAttribute = (text: string) => text.replaceAll("&", "&amp;").replaceAll('"', "&quot;")
const escapeScript = (json: string) => json.replaceAll("<", "\\u003c")

// The address of the script is relative to /docs, so that it survives a proxy's path prefix.
const html = (script: string, document: OpenApi.OpenAPISpec) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${document.info.title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
</head>
<body>
<script id="api-reference" type="application/json" data-configuration="${escapeAttribute(configuration)}">
${escapeScript(JSON.stringify(docsDocument(document)))}
</script>
<script src="docs/${script}"></script>
</body>
</html>
`

const endpoint = (
  path: string,
  find: (file: string | undefined) => Effect.Effect<Page, RouteNotFound>
): CompiledEndpoint => ({
  method: "GET",
  path,
  middlewares: new Set(),
  annotations: Context.empty(),
  mediaTypes: new Set<string>(),
  decode: (parts) => ({ input: { ...parts } }),
  handle: ({ headers, path: { file } }: RequestParts) =>
    Effect.flatMap(find(file), (page) => encode(page, isGzipAccepted(headers["accept-encoding"]))),
  encodeSuccess: (value) => value as EncodedResponse,
  encodeError: () => undefined
})

/**
 * The OpenAPI document, the page that shows it, and the page's script. Each is made at its first request: that takes
 * longer than all else at the start of the service.
 */
export const pages = Effect.gen(function* () {
  const document = Effect.sync(() => OpenApi.fromApi(DocumentedApi))
  const openApi = yield* Effect.cached(
    Effect.flatMap(document, (document) => compress("application/json", JSON.stringify(document)))
  )
  const script = yield* Effect.cached(loadScript)
  const docs = yield* Effect.cached(
    Effect.flatMap(Effect.all([script, document]), ([{ name }, document]) =>
      compress("text/html; charset=utf-8", html(name, document), pageHeaders)
    )
  )
  return [
    endpoint("/openapi.json", () => openApi),
    endpoint("/docs", () => docs),
    endpoint("/docs/:file", (file) =>
      Effect.flatMap(script, ({ name, page }) =>
        file === name ? Effect.succeed(page) : Effect.fail(new RouteNotFound({}))
      )
    )
  ]
})
