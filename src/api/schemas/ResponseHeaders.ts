import type { Schema } from "effect"
import { HttpApiSchema } from "effect/http-api"

/**
 * A value as the body of a response whose headers follow from it, so that a handler returns the value alone. While the
 * schema is a parameter, the library's type of a body with headers cannot be computed: hence "as never".
 */
export const withResponseHeaders = <
  S extends Schema.Top,
  Body extends Schema.Top,
  const Headers extends Schema.Struct.Fields
>(
  value: S,
  body: Body,
  headers: Headers,
  headersOf: (value: S["Type"]) => { readonly [name: string]: unknown }
) =>
  value.pipe(
    HttpApiSchema.encodeToWithHeaders<S, Body, Headers>({ body, headers }, {
      decode: (response: { readonly body: unknown }) => response.body,
      encode: (value: S["Type"]) => ({ body: value, headers: headersOf(value) })
    } as never)
  )
