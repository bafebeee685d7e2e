import { isUtf8 } from "node:buffer"
import { ByteSize, Effect, Layer } from "effect"
import { HttpIncomingMessage, HttpServerRequest } from "effect/http"
import { PayloadTooLarge, UnsupportedMediaType, ValidationFailed } from "../api/errors/CommonErrors.ts"
import { BodyLimits } from "../api/middleware/RequestValidation.ts"

const maxBytes = 64 * 1024
const maxDepth = 16

type Headers = { readonly [name: string]: string | undefined }

/** The media type of a body without its parameters. A body that names none is taken for JSON. */
export const mediaTypeOf = (headers: Headers) =>
  (headers["content-type"] ?? "application/json").split(";", 1)[0]?.trim().toLowerCase() ?? ""

// JSON is UTF-8 (RFC 8259, section 8.1), and a compressed body could be a bomb.
const isPlain = (headers: Headers) =>
  !/;\s*charset=(?!"?utf-?8"?\s*(;|$))/i.test(headers["content-type"] ?? "") &&
  (headers["content-encoding"] ?? "identity") === "identity"

const [quote, backslash] = [0x22, 0x5c]
const opening = [0x5b, 0x7b]
const closing = [0x5d, 0x7d]

/**
 * Whether more brackets are open at once, outside of strings, than what walks the parsed value has
 * stack for. One pass: a pattern for strings would be tried anew at every quote of a hostile body.
 */
const isTooDeep = (json: string) => {
  let depth = 0
  let isInString = false
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (code === quote) isInString = !isInString
    else if (isInString) at += code === backslash ? 1 : 0
    else if (opening.includes(code)) depth++
    else if (closing.includes(code)) depth--
    if (depth > maxDepth) return true
  }
  return false
}

const unreadable = (code: string, message: string) =>
  new ValidationFailed({ errors: [{ pointer: "/body", code, message }] })

export const BodyRulesLayer = Layer.succeed(BodyLimits, (httpEffect, { endpoint }) =>
  Effect.gen(function* () {
    const request = yield* HttpServerRequest.HttpServerRequest
    if (!endpoint.payload.has(mediaTypeOf(request.headers)) || !isPlain(request.headers)) {
      const isPatch = endpoint.method === "PATCH"
      return yield* new UnsupportedMediaType(isPatch ? { accept_patch: [...endpoint.payload.keys()] } : {})
    }
    if (Number(request.headers["content-length"] ?? 0) > maxBytes) return yield* new PayloadTooLarge({})
    // The request keeps what is read here, so the decoder does not read it again.
    const bytes = yield* request.arrayBuffer.pipe(
      Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(maxBytes)),
      Effect.mapError(({ reason }) =>
        reason._tag === "RequestParseError" && reason.reason === "BodyTooLarge"
          ? new PayloadTooLarge({})
          : unreadable("body", "The body did not arrive whole")
      )
    )
    if (!isUtf8(bytes)) return yield* unreadable("utf8", "Must be UTF-8")
    if (isTooDeep(yield* Effect.orDie(request.text))) {
      return yield* unreadable("depth", `Must not be nested deeper than ${maxDepth} levels`)
    }
    return yield* httpEffect
  })
)
