import { type Effect, Exit, Predicate, Schema, type SchemaAST, SchemaParser, Stream } from "effect"
import { Ndjson } from "effect/encoding"
import { HttpApiSchema } from "effect/http-api"
import { isEmpty, isStream, responseEncoding, responseHeaders } from "./HttpApiAnnotations.ts"

/** A response as it goes out, but for what the server adds to all of them. */
export interface EncodedResponse {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: ResponseBody
}

export type ResponseBody =
  | { readonly _tag: "Empty" }
  | { readonly _tag: "Json"; readonly contentType: string; readonly value: unknown }
  | { readonly _tag: "Text"; readonly contentType: string; readonly text: string }
  | { readonly _tag: "Bytes"; readonly contentType: string; readonly bytes: Uint8Array }
  | { readonly _tag: "Events"; readonly contentType: string; readonly subscribe: SubscribeEvents }
  | { readonly _tag: "Stream"; readonly contentType: string; readonly stream: Stream.Stream<Uint8Array, unknown> }

/** Encodes a value that fits its schema; `undefined` for any other value. */
export type ResponseEncoder = (value: unknown) => EncodedResponse | undefined

export interface ResponseOptions {
  readonly body: SchemaAST.ParseOptions | undefined
  readonly headers: SchemaAST.ParseOptions | undefined
}

const noHeaders = {}
const empty: ResponseBody = { _tag: "Empty" }

/** Where events go. One that is optional is left out while the client does not read. */
export interface EventSink {
  readonly write: (bytes: Uint8Array, isOptional: boolean) => void
  readonly end: () => void
}

/**
 * The body of a stream of events, in place of a `Stream`: it needs no fiber that waits, so that an idle one costs little.
 * Returns a function that ends the subscription.
 */
export type SubscribeEvents = (sink: EventSink) => () => void

type BodyEncoder = (value: unknown) => ResponseBody | undefined

const encodeExit = (schema: Schema.Top, options: SchemaAST.ParseOptions | undefined) =>
  // `compile` is typed so that no schema needs a service.
  SchemaParser.encodeUnknownExit(schema as Schema.Codec<unknown>, options)

const streamEncoder = (
  schema: HttpApiSchema.StreamSchema,
  options: SchemaAST.ParseOptions | undefined
): BodyEncoder => {
  const { contentType } = schema
  const body = (stream: Stream.Stream<Uint8Array, unknown>): ResponseBody => ({ _tag: "Stream", contentType, stream })
  switch (schema._tag) {
    case "StreamUint8Array":
      return (value) => {
        if (contentType === "text/event-stream" && typeof value === "function") {
          return { _tag: "Events", contentType, subscribe: value as SubscribeEvents }
        }
        return Stream.isStream(value) ? body(value as Stream.Stream<Uint8Array, unknown>) : undefined
      }
    case "StreamNdjson": {
      const encode = Schema.encodeUnknownEffect(Schema.NonEmptyArray(Schema.toCodecJson(schema.schema)), options)
      return (value) =>
        Stream.isStream(value)
          ? body(
              (value as Stream.Stream<unknown, unknown>).pipe(
                Stream.mapArrayEffect((items) => encode(items) as Effect.Effect<never, unknown>),
                Stream.pipeThroughChannel(Ndjson.encode())
              )
            )
          : undefined
    }
    case "StreamSse":
      throw new Error("server-sent events are not supported: declare StreamUint8Array with text/event-stream")
  }
}

const bodyEncoder = (
  schema: Schema.Top,
  codec: Schema.Top,
  options: SchemaAST.ParseOptions | undefined
): BodyEncoder => {
  if (isStream(schema)) return streamEncoder(schema, options)
  const encode = encodeExit(codec, options)
  if (isEmpty(schema.ast)) return (value) => (Exit.isSuccess(encode(value)) ? empty : undefined)
  const { _tag, contentType } = responseEncoding(schema.ast)
  return (value) => {
    const exit = encode(value)
    if (Exit.isFailure(exit)) return undefined
    switch (_tag) {
      case "Json":
        return exit.value === undefined ? empty : { _tag: "Json", contentType, value: exit.value }
      case "Text":
        return { _tag: "Text", contentType, text: exit.value as string }
      case "Uint8Array":
        return { _tag: "Bytes", contentType, bytes: exit.value as Uint8Array }
      case "FormUrlEncoded":
        return { _tag: "Text", contentType, text: new URLSearchParams(exit.value as Record<string, string>).toString() }
      default:
        return undefined
    }
  }
}

/** The encoder of one declared response. Throws an error with a reason where the declaration is not supported. */
export const makeResponseEncoder = (status: number, schema: Schema.Top, options: ResponseOptions): ResponseEncoder => {
  const derived = responseHeaders(schema.ast)
  if (derived !== undefined) {
    const encodeBody = bodyEncoder(derived.body, derived.bodyCodec, options.body)
    const encodeHeaders = encodeExit(derived.headersCodec, options.headers)
    // The encoder of the body checks the value. Where there is no body, it is checked here.
    const isValue = isEmpty(derived.body.ast)
      ? Schema.is(Schema.toType(schema) as Schema.Codec<unknown>)
      : Predicate.isObject
    return (value) => {
      if (!isValue(value)) return undefined
      const pair = derived.transformation.encode(value)
      const body = encodeBody(pair.body)
      if (body === undefined) return undefined
      const headers = encodeHeaders(pair.headers)
      return Exit.isFailure(headers) ? undefined : { status, headers: headers.value as Record<string, string>, body }
    }
  }

  if (HttpApiSchema.isWithHeaders(schema)) {
    const encodeBody = bodyEncoder(schema.schema, schema.schema, options.body)
    const encodeHeaders = encodeExit(schema.headers, options.headers)
    return (value) => {
      const pair = value as { readonly body?: unknown; readonly headers?: unknown }
      const body = encodeBody(pair.body)
      const headers = encodeHeaders(pair.headers)
      return body === undefined || Exit.isFailure(headers)
        ? undefined
        : { status, headers: headers.value as Record<string, string>, body }
    }
  }

  const encodeBody = bodyEncoder(schema, schema, options.body)
  return (value) => {
    const body = encodeBody(value)
    return body === undefined ? undefined : { status, headers: noHeaders, body }
  }
}

/** Encodes with the first of several encoders that accepts the value. */
export const firstOf = (encoders: ReadonlyArray<ResponseEncoder>): ResponseEncoder => {
  const [only] = encoders
  if (only !== undefined && encoders.length === 1) return only
  return (value) => {
    for (const encode of encoders) {
      const response = encode(value)
      if (response !== undefined) return response
    }
    return undefined
  }
}
