import { Exit, Option, Schema, type SchemaAST, SchemaIssue, SchemaParser } from "effect"
import type { HttpApiEndpoint } from "effect/http-api"
import { arrayLimits, shortenArrays } from "./ArrayLimits.ts"

/** A request as it came in, its body already read. */
export interface RequestParts {
  readonly url: string
  readonly path: Readonly<Record<string, string | undefined>>
  readonly query: Readonly<Record<string, string | ReadonlyArray<string>>>
  readonly headers: Readonly<Record<string, unknown>>
  /** Absent where the endpoint declares no body. */
  readonly body?: { readonly mediaType: string; readonly text: string } | undefined
}

/** What does not fit the schema in one part of a request. */
export interface PartIssue {
  readonly pointer: "/path" | "/query" | "/header" | "/body"
  readonly issue: SchemaIssue.Issue
}

/** What a handler is called with, or everything that is wrong with the request. */
export type Decoded =
  | { readonly input: Readonly<Record<string, unknown>>; readonly issues?: undefined }
  | { readonly issues: ReadonlyArray<PartIssue> }

export interface DecodeOptions {
  readonly params: SchemaAST.ParseOptions | undefined
  readonly query: SchemaAST.ParseOptions | undefined
  readonly headers: SchemaAST.ParseOptions | undefined
  readonly payload: SchemaAST.ParseOptions | undefined
}

type Decode = (value: unknown) => Exit.Exit<unknown, SchemaIssue.Issue>

const issueOf = (exit: Exit.Failure<unknown, SchemaIssue.Issue>) =>
  Option.getOrThrow(Exit.findErrorOption(exit) as Option.Option<SchemaIssue.Issue>)

const decoder = (schema: Schema.Top, options: SchemaAST.ParseOptions | undefined): Decode =>
  // `compile` is typed so that no schema needs a service.
  SchemaParser.decodeUnknownExit(schema as Schema.Codec<unknown>, { errors: "all", ...options })

const notJson = new SchemaIssue.InvalidValue({ code: "json", message: "Must be valid JSON" })

const jsonDecoder = ({ ast }: Schema.Top, decode: Decode) => {
  const limits = arrayLimits(ast)
  return (text: string): Exit.Exit<unknown, SchemaIssue.Issue> => {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return Exit.fail(notJson)
    }
    const [tooLong, ...others] = shortenArrays(value, limits)
    const decoded = decode(value)
    if (tooLong === undefined) return decoded
    if (Exit.isFailure(decoded)) others.push(issueOf(decoded))
    return Exit.fail(new SchemaIssue.Composite(ast, [tooLong, ...others]))
  }
}

/** Decodes a query where none is declared: under strict options every parameter is an error. */
const noQuery = (options: SchemaAST.ParseOptions | undefined): Decode => {
  const unknown = new SchemaIssue.InvalidValue({ code: "unknown", message: "Is not known here" })
  return (query) => {
    const name = options?.onExcessProperty === "error" ? Object.keys(query as object)[0] : undefined
    return name === undefined ? Exit.succeed({}) : Exit.fail(new SchemaIssue.Pointer([name], unknown))
  }
}

const payloadDecoders = ({ payload }: HttpApiEndpoint.Top, options: SchemaAST.ParseOptions | undefined) =>
  new Map(
    Array.from(payload, ([mediaType, { encoding, schemas }]) => {
      if (encoding._tag !== "Json") throw new Error(`bodies of type ${encoding._tag} are not supported`)
      const schema = Schema.Union(schemas)
      return [mediaType, jsonDecoder(schema, decoder(schema, options))] as const
    })
  )

/** Decodes all parts of a request, and reports what is wrong in all of them together. */
export const makeRequestDecoder = (endpoint: HttpApiEndpoint.Top, options: DecodeOptions) => {
  const payload = payloadDecoders(endpoint, options.payload)
  const decodePath = endpoint.params && decoder(endpoint.params, options.params)
  const decodeHeaders = endpoint.headers && decoder(endpoint.headers, options.headers)
  const decodeQuery = endpoint.query
    ? decoder(Schema.toCodecArrayFromSingle(endpoint.query), options.query)
    : noQuery(options.query)

  const decode = ({ body, headers, path, query, url }: RequestParts): Decoded => {
    const input: Record<string, unknown> = { request: { url } }
    let issues: Array<PartIssue> | undefined
    const take = (pointer: PartIssue["pointer"], name: string, exit: Exit.Exit<unknown, SchemaIssue.Issue>) => {
      if (Exit.isSuccess(exit)) input[name] = exit.value
      else {
        issues ??= []
        issues.push({ pointer, issue: issueOf(exit) })
      }
    }
    if (decodePath !== undefined) take("/path", "params", decodePath(path))
    take("/query", "query", decodeQuery(query))
    if (decodeHeaders !== undefined) take("/header", "headers", decodeHeaders(headers))
    const decodeBody = body && payload.get(body.mediaType)
    if (decodeBody !== undefined) take("/body", "payload", decodeBody(body?.text ?? ""))
    return issues === undefined ? { input } : { issues }
  }

  return { decode, mediaTypes: new Set(payload.keys()) as ReadonlySet<string> }
}
