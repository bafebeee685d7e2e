import { type Schema, SchemaAST } from "effect"
import { HttpApiSchema } from "effect/http-api"

// effect 4.1.0 keeps the status, the encoding and the headers of a response in schema annotations, and exports no
// functions that read them. `test/server/Conformance.test.ts` fails when their names change.

interface ResponseHeaders {
  readonly body: Schema.Top
  readonly bodyCodec: Schema.Top
  readonly headersCodec: Schema.Top
  readonly transformation: {
    readonly encode: (value: unknown) => { readonly body: unknown; readonly headers: unknown }
  }
}

/** How `HttpApiSchema.encodeToWithHeaders` splits a value into a body and headers. */
export const responseHeaders = SchemaAST.resolveAt<ResponseHeaders>("~httpApiWithHeaders")

const encoding = SchemaAST.resolveAt<HttpApiSchema.Encoding>("~httpApiEncoding")

/** The encoding of a response body; JSON unless the schema declares another one. */
export const responseEncoding = (ast: SchemaAST.AST): HttpApiSchema.Encoding =>
  encoding(ast) ?? { _tag: "Json", contentType: "application/json" }

const status = SchemaAST.resolveAt<number>("httpApiStatus")

/** The status of a streaming response. */
export const streamStatus = (schema: Schema.Top) =>
  status(schema.ast) ?? (HttpApiSchema.isWithHeaders(schema) ? status(schema.schema.ast) : undefined) ?? 200

export const isStream = (schema: Schema.Top): schema is Schema.Top & HttpApiSchema.StreamSchema =>
  "mode" in schema && "contentType" in schema

/** Whether a schema is a declared response without a body. */
export const isEmpty = HttpApiSchema.isNoContent
