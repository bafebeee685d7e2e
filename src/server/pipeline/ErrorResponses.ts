import { Exit, Schema, SchemaParser } from "effect"
import { apiErrors } from "../../api/errors/ApiErrors.ts"
import type { EncodedResponse } from "../compiler/ResponseEncoder.ts"

export const problemType = "application/problem+json"

type ApiError = (typeof apiErrors)[number]["Type"]

/** An error's codec is compiled at its first use: most are never sent. */
const encoders = new Map<unknown, (error: unknown) => Exit.Exit<unknown, unknown>>()
for (const Class of apiErrors) {
  encoders.set(Class, SchemaParser.encodeUnknownExit(Schema.toCodecJson(Class as Schema.Codec<unknown>)))
}

/** The response of an error of the contract, wherever in the pipeline it arises; `undefined` for anything else. */
export const encodeApiError = (error: unknown): EncodedResponse | undefined => {
  const exit = encoders.get((error as object | undefined)?.constructor)?.(error)
  if (exit === undefined || Exit.isFailure(exit)) return undefined
  const { status } = error as ApiError
  return {
    status,
    headers: (error as { readonly headers?: Readonly<Record<string, string>> }).headers ?? {},
    body: { _tag: "Json", contentType: problemType, value: exit.value }
  }
}

/** The JSON of a response body; a problem starts with its standard members and ends with its request's id. */
export const stringify = (contentType: string, value: unknown, request_id: string) => {
  if (contentType !== problemType) return JSON.stringify(value)
  const { type, title, status, detail, code, ...more } = value as Record<string, unknown>
  return JSON.stringify({ type, title, status, detail, code, ...more, request_id })
}
