import { isUtf8 } from "node:buffer"
import { MIMEType } from "node:util"
import { Effect, Exit } from "effect"
import { PayloadTooLarge, UnsupportedMediaType, ValidationFailed } from "../../api/errors/CommonErrors.ts"
import type { RequestContext, StepResult } from "./RequestContext.ts"

const maxBytes = 64 * 1024
const maxDepth = 16

type Headers = RequestContext["request"]["headers"]

const json = "application/json"

/**
 * The media type of a body without its parameters; empty for a malformed one, and for another charset than UTF-8, which JSON
 * always has (RFC 8259, section 8.1). A body without a type is taken for JSON.
 */
const mediaTypeOf = ({ "content-type": type = json }: Headers) => {
  // Nearly all requests have this one.
  if (type === json) return json
  try {
    const { essence, params } = new MIMEType(type)
    return /^utf-?8$/i.test(params.get("charset") ?? "utf-8") ? essence : ""
  } catch {
    return ""
  }
}

// A compressed body could expand without bound.
const isEncoded = (headers: Headers) => !/^(?:identity|[\s,])*$/i.test(headers["content-encoding"] ?? "")

const [quote, backslash] = [0x22, 0x5c]
const [openBracket, openBrace, closeBracket, closeBrace] = [0x5b, 0x7b, 0x5d, 0x7d]

/** Whether JSON text is nested deeper than the decoders' recursion may go. One pass over the text. */
const isTooDeep = (json: string) => {
  let depth = 0
  let isInString = false
  for (let n = 0; n < json.length; n++) {
    const code = json.charCodeAt(n)
    if (code === quote) isInString = !isInString
    else if (isInString) n += code === backslash ? 1 : 0
    else if (code === openBracket || code === openBrace) {
      if (++depth > maxDepth) return true
    } else if (code === closeBracket || code === closeBrace) depth--
  }
  return false
}

const invalid = (code: string, message: string) =>
  new ValidationFailed({ errors: [{ pointer: "/body", code, message }] })

const notUtf8 = Exit.fail(invalid("utf8", "Must be UTF-8"))
const tooDeep = Exit.fail(invalid("depth", `Must not be nested deeper than ${maxDepth} levels`))
const incomplete = Exit.fail(invalid("body", "The body was not received completely"))

/** The chunks of a body up to the limit; 413 as soon as there is more. */
const readBytes = ({ request, response }: RequestContext) =>
  Effect.callback<Buffer, PayloadTooLarge | ValidationFailed>((resume) => {
    const chunks: Array<Buffer> = []
    let size = 0
    const onData = (chunk: Buffer) => {
      size += chunk.length
      if (size > maxBytes) settle(Exit.fail(new PayloadTooLarge({})))
      else chunks.push(chunk)
    }
    const onEnd = () => settle(Exit.succeed(chunks.length === 1 ? (chunks[0] as Buffer) : Buffer.concat(chunks)))
    const onError = () => settle(incomplete)
    const settle = (exit: Exit.Exit<Buffer, PayloadTooLarge | ValidationFailed>) => {
      request.off("data", onData).off("end", onEnd).off("error", onError)
      resume(exit)
    }
    request.on("data", onData).on("end", onEnd).on("error", onError)
    // Clients of HTTP/1.0 do not know it (RFC 9110, section 10.1.1).
    const isAwaited = request.headers.expect?.toLowerCase() === "100-continue" && request.httpVersion !== "1.0"
    if (isAwaited) response.writeContinue()
  })

/** Checks the declared type and size of a body (415, 413), then reads it (413, 422). Only declared bodies are read. */
export const readBody = (request: RequestContext): StepResult => {
  const { mediaTypes } = request.endpoint ?? {}
  if (mediaTypes === undefined || mediaTypes.size === 0) return Exit.void
  const { headers } = request.request
  const mediaType = mediaTypeOf(headers)
  if (isEncoded(headers)) return Exit.fail(new UnsupportedMediaType({ accept_encoding: "identity" }))
  if (!mediaTypes.has(mediaType)) {
    const accept_patch = request.method === "PATCH" ? { accept_patch: Array.from(mediaTypes) } : {}
    return Exit.fail(new UnsupportedMediaType(accept_patch))
  }
  if (Number(headers["content-length"] ?? 0) > maxBytes) return Exit.fail(new PayloadTooLarge({}))
  return Effect.flatMap(readBytes(request), (bytes): StepResult => {
    if (!isUtf8(bytes)) return notUtf8
    const decoded = bytes.toString()
    // A parser may ignore a byte order mark, with which some clients begin a body (RFC 8259, section 8.1).
    const text = decoded.charCodeAt(0) === 0xfeff ? decoded.slice(1) : decoded
    if (isTooDeep(text)) return tooDeep
    request.body = { mediaType, text }
    return Exit.void
  })
}
