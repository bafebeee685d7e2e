import { Effect, Layer, Option, Schema } from "effect"
import { HttpRouter, HttpServerRequest } from "effect/http"
import { type HttpApiEndpoint, HttpApiError } from "effect/http-api"
import { strictParseOptions } from "../api/Api.ts"
import { type FieldError, ValidationFailed } from "../api/errors/CommonErrors.ts"
import { RequestValidation } from "../api/middleware/RequestValidation.ts"
import { mediaTypeOf } from "./BodyLimits.ts"
import { faultsOf } from "./SchemaErrors.ts"

type Faults = ReadonlyArray<FieldError>

const decode = (schema: Schema.Top, value: unknown, pointer: string, options = {}): Effect.Effect<Faults> =>
  // The schemas of the contract need no services.
  Effect.match(Schema.decodeUnknownEffect(schema as Schema.Codec<unknown>, { errors: "all", ...options })(value), {
    onFailure: ({ issue }) => faultsOf(issue, pointer),
    onSuccess: () => []
  })

// A schema judges only what it is given: a query where none is declared would be passed over.
const unknown = (names: ReadonlyArray<string>): Faults =>
  names.map((name) => ({ pointer: `/query/${name}`, code: "unknown", message: "Is not known here" }))

const parse = Schema.decodeUnknownOption(Schema.fromJsonString(Schema.Unknown))

const faultsInBody = Effect.fnUntraced(function* ({ payload }: HttpApiEndpoint.Top) {
  if (payload.size === 0) return []
  const request = yield* HttpServerRequest.HttpServerRequest
  const json = parse(yield* Effect.orDie(request.text))
  if (Option.isNone(json)) return [{ pointer: "/body", code: "json", message: "Must be JSON" }]
  return yield* decode(
    Schema.Union(payload.get(mediaTypeOf(request.headers))?.schemas ?? []),
    json.value,
    "/body",
    strictParseOptions
  )
})

/** Everything that is wrong with a request, in all its parts. */
const judge = Effect.fnUntraced(function* (endpoint: HttpApiEndpoint.Top) {
  const request = yield* HttpServerRequest.HttpServerRequest
  const { params } = yield* HttpRouter.RouteContext
  const query = yield* HttpServerRequest.ParsedSearchParams
  const faults = [
    endpoint.params === undefined ? [] : yield* decode(endpoint.params, params, "/path"),
    endpoint.query === undefined
      ? unknown(Object.keys(query))
      : yield* decode(Schema.toCodecArrayFromSingle(endpoint.query), query, "/query", strictParseOptions),
    endpoint.headers === undefined ? [] : yield* decode(endpoint.headers, request.headers, "/header"),
    yield* faultsInBody(endpoint)
  ]
  return yield* ValidationFailed.of(faults.flat())
})

const isOfRequest = (error: unknown): error is HttpApiError.HttpApiSchemaError =>
  HttpApiError.HttpApiSchemaError.is(error) && error.kind !== "Body" && error.kind !== "ResponseHeaders"

/**
 * The library stops at the first part of a request that does not decode. When one does not, all are
 * judged, so that the caller hears everything at once; a request that is right pays nothing for it.
 */
export const ValidationLayer = Layer.succeed(RequestValidation, (httpEffect, { endpoint }) =>
  Effect.gen(function* () {
    if (endpoint.query === undefined && Object.keys(yield* HttpServerRequest.ParsedSearchParams).length > 0) {
      return yield* judge(endpoint)
    }
    return yield* httpEffect
  }).pipe(Effect.catchIf(isOfRequest, () => judge(endpoint)))
)
