import { type Context, type Effect, Predicate, type Schema } from "effect"
import { HttpApi, type HttpApiEndpoint, type HttpApiGroup, HttpApiSchema } from "effect/http-api"
import type { ApiHandlers } from "./Handlers.ts"
import { isStream, streamStatus } from "./HttpApiAnnotations.ts"
import { type Decoded, makeRequestDecoder, type RequestParts } from "./RequestDecoder.ts"
import { type EncodedResponse, firstOf, makeResponseEncoder, type ResponseEncoder } from "./ResponseEncoder.ts"

/** One endpoint of an api with everything that a request needs prepared: decoders, handler, encoders. */
export interface CompiledEndpoint {
  readonly method: HttpApiEndpoint.Top["method"]
  /** As the api declares it: `/api/tasks/:task_id`. */
  readonly path: string
  readonly middlewares: ReadonlySet<unknown>
  readonly annotations: Context.Context<never>
  /** Media types of the bodies that it accepts; empty where it declares no body. */
  readonly mediaTypes: ReadonlySet<string>
  readonly decode: (parts: RequestParts) => Decoded
  readonly handle: (input: never) => Effect.Effect<unknown, unknown>
  /** `undefined` for a value that no declared success fits: a bug of the handler. */
  readonly encodeSuccess: (value: unknown) => EncodedResponse | undefined
  /** `undefined` for an error that the endpoint does not declare. */
  readonly encodeError: (error: unknown) => EncodedResponse | undefined
}

/** An endpoint declares something that this compiler does not support. Thrown at start-up, never at a request. */
export class UnsupportedEndpoint extends Error {
  override readonly name = "UnsupportedEndpoint"
  constructor(group: string, endpoint: string, reason: string) {
    super(`endpoint ${group}.${endpoint} cannot be served: ${reason}`)
  }
}

type Responses = ReadonlyMap<number, ReadonlyArray<Schema.Top>>

const encoders = (responses: Responses, body: ParseOptions, headers: ParseOptions) =>
  Array.from(responses, ([status, schemas]) =>
    schemas.map((schema) => makeResponseEncoder(status, schema, { body, headers }))
  ).flat()

// `HttpApi.reflect` leaves streams out of the successes.
const streamEncoders = ({ success }: HttpApiEndpoint.Top, body: ParseOptions, headers: ParseOptions) =>
  Array.from(success)
    .filter((schema) => isStream(HttpApiSchema.isWithHeaders(schema) ? schema.schema : schema))
    .map((schema) => makeResponseEncoder(streamStatus(schema), schema, { body, headers }))

/** Each class of errors has one encoding, so the encoder that accepts the first error of a class serves all of them. */
const byClass = (encoders: ReadonlyArray<ResponseEncoder>): ResponseEncoder => {
  const known = new Map<unknown, ResponseEncoder>()
  return (error) => {
    if (!Predicate.isObject(error)) return undefined
    const of = error.constructor
    const encoder = known.get(of) ?? encoders.find((encode) => encode(error) !== undefined)
    if (encoder !== undefined) known.set(of, encoder)
    return encoder?.(error)
  }
}

type ParseOptions = Parameters<typeof makeRequestDecoder>[1]["params"]

/** The options for each part of a request and response: a part's own annotation, else the general one. */
const parseOptions = ({ mapUnsafe }: Context.Context<never>) => {
  const of = ({ key }: { readonly key: string }): ParseOptions =>
    mapUnsafe.get(key) ?? mapUnsafe.get(HttpApi.ParseOptions.key)
  return {
    params: of(HttpApi.ParamsParseOptions),
    query: of(HttpApi.QueryParseOptions),
    headers: of(HttpApi.HeadersParseOptions),
    payload: of(HttpApi.PayloadParseOptions),
    success: of(HttpApi.SuccessParseOptions),
    error: of(HttpApi.ErrorParseOptions)
  }
}

/**
 * Prepares every endpoint of an api once. The result serves requests without looking at the api again. Throws
 * `UnsupportedEndpoint` for what it cannot serve.
 */
export const compile = <Id extends string, Groups extends HttpApiGroup.Constraint>(
  api: HttpApi.HttpApi<Id, Groups>,
  handlers: ApiHandlers<Groups>
): ReadonlyArray<CompiledEndpoint> => {
  const compiled: Array<CompiledEndpoint> = []
  // What the types of the handlers promise cannot be expressed for an endpoint that is only known at run time.
  const byGroup = handlers as unknown as Record<string, Record<string, CompiledEndpoint["handle"]>>
  HttpApi.reflect(api, {
    onGroup: () => {},
    onEndpoint: ({ endpoint, errors, group, mergedAnnotations, middleware, successes }) => {
      const unsupported = (reason: string) => new UnsupportedEndpoint(group.identifier, endpoint.identifier, reason)
      const handle = byGroup[group.identifier]?.[endpoint.identifier]
      if (handle === undefined) throw unsupported("it has no handler")
      if (Array.from(endpoint.success).some((schema) => "protocol" in schema)) {
        throw unsupported("protocol upgrades are not supported")
      }
      const options = parseOptions(mergedAnnotations)
      try {
        const { decode, mediaTypes } = makeRequestDecoder(endpoint, options)
        compiled.push({
          method: endpoint.method,
          path: endpoint.path,
          middlewares: middleware,
          annotations: mergedAnnotations,
          mediaTypes,
          decode,
          handle,
          encodeSuccess: firstOf([
            ...encoders(successes, options.success, options.headers),
            ...streamEncoders(endpoint, options.success, options.headers)
          ]),
          encodeError: byClass(encoders(errors, options.error, options.headers))
        })
      } catch (cause) {
        throw unsupported(cause instanceof Error ? cause.message : String(cause))
      }
    }
  })
  return compiled
}
