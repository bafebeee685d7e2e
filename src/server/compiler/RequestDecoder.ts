import { Exit, Option, Schema, type SchemaAST, SchemaIssue, SchemaParser } from "effect"
import type { HttpApiEndpoint } from "effect/http-api"
import { bodyLimits, keepChecked, makeLimitCheck, shortenArrays } from "./BodyLimits.ts"

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
  | {
      readonly issues: ReadonlyArray<PartIssue>
      /** Whether there may be further issues in parts of the body that were not looked at. */
      readonly isPartial: boolean
    }

export interface DecodeOptions {
  readonly params: SchemaAST.ParseOptions | undefined
  readonly query: SchemaAST.ParseOptions | undefined
  readonly headers: SchemaAST.ParseOptions | undefined
  readonly payload: SchemaAST.ParseOptions | undefined
}

type Decode = (value: unknown) => Exit.Exit<unknown, SchemaIssue.Issue>

const issueOf = (exit: Exit.Failure<unknown, SchemaIssue.Issue>) =>
  Option.getOrThrow(Exit.findErrorOption(exit) as Option.Option<SchemaIssue.Issue>)

// `compile` is typed so that no schema needs a service.
const decodeWith = (schema: Schema.Top, options?: SchemaAST.ParseOptions): Decode =>
  SchemaParser.decodeUnknownExit(schema as Schema.Codec<unknown>, options)

/**
 * Decodes what fits at once, and yields nothing for the rest. The library's compiled decoders stop at the first error and
 * ignore unknown fields; with other options it interprets the schema, which takes several times as long.
 */
const validDecoder = (schema: Schema.Top, options: SchemaAST.ParseOptions | undefined) => {
  const fits = makeLimitCheck(bodyLimits(schema.ast), options?.onExcessProperty === "error")
  const { errors: _errors, onExcessProperty: _unknown, ...others } = options ?? {}
  const decode = decodeWith(schema, Object.keys(others).length === 0 ? undefined : others)
  return (value: unknown) => {
    if (fits?.(value) !== true) return undefined
    const exit = decode(value)
    return Exit.isSuccess(exit) ? exit : undefined
  }
}

const decoder = (schema: Schema.Top, options: SchemaAST.ParseOptions | undefined): Decode => {
  const decodeValid = validDecoder(schema, options)
  const decodeAll = decodeWith(schema, { errors: "all", ...options })
  return (value) => decodeValid(value) ?? decodeAll(value)
}

const notJson = new SchemaIssue.InvalidValue({ code: "json", message: "Must be valid JSON" })

interface DecodedBody {
  readonly exit: Exit.Exit<unknown, SchemaIssue.Issue>
  readonly isPartial?: boolean
}

/**
 * Decodes JSON. A valid body is decoded once. For an invalid one, only so much of it is decoded again as can contribute to
 * the list of errors in the response.
 */
const jsonDecoder = (schema: Schema.Top, options: SchemaAST.ParseOptions | undefined) => {
  const { ast } = schema
  const limits = bodyLimits(ast)
  const decodeValid = validDecoder(schema, options)
  const decodeToFirst = decodeWith(schema, { ...options, errors: "first" })
  const decodeAll = decodeWith(schema, { errors: "all", ...options })
  return (text: string): DecodedBody => {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch {
      return { exit: Exit.fail(notJson) }
    }
    const valid = decodeValid(value)
    if (valid !== undefined) return { exit: valid }
    const issues = Array.from(shortenArrays(value, limits))
    const exit = decodeToFirst(value)
    if (issues.length === 0 && Exit.isSuccess(exit)) return { exit }
    const isPartial = keepChecked(value, limits)
    if (Exit.isFailure(exit)) {
      const all = decodeAll(value)
      issues.push(issueOf(Exit.isFailure(all) ? all : exit))
    }
    return { exit: Exit.fail(new SchemaIssue.Composite(ast, issues as [SchemaIssue.Issue])), isPartial }
  }
}

/** Decodes a query where none is declared: under strict options every parameter is an error. */
const noQuery = (options: SchemaAST.ParseOptions | undefined): Decode => {
  const unknown = new SchemaIssue.InvalidValue({ code: "unknown", message: "Is unknown" })
  return (query) => {
    const name = options?.onExcessProperty === "error" ? Object.keys(query as object)[0] : undefined
    return name === undefined ? Exit.succeed({}) : Exit.fail(new SchemaIssue.Pointer([name], unknown))
  }
}

const repeated = new SchemaIssue.InvalidValue({ code: "repeated", message: "Must be given only once" })

/** Decodes a query. A parameter that occurs several times is a list, which most of them are not. */
const queryDecoder = (schema: Schema.Top, options: SchemaAST.ParseOptions | undefined): Decode => {
  const decode = decoder(Schema.toCodecArrayFromSingle(schema), options)
  const limits = bodyLimits(schema.ast)?.fields
  const isRepeated = ([name, value]: readonly [string, unknown]) => {
    const limit = limits?.get(name)
    return Array.isArray(value) && limit !== undefined && limit.max === undefined
  }
  return (query) => {
    const exit = decode(query)
    const entries = Object.entries(query as object)
    if (Exit.isSuccess(exit) || !entries.some(isRepeated)) return exit
    const others = decode(Object.fromEntries(entries.filter((entry) => !isRepeated(entry))))
    const issues = entries.filter(isRepeated).map(([name]) => new SchemaIssue.Pointer([name], repeated))
    return Exit.fail(
      new SchemaIssue.Composite(schema.ast, [...issues, ...(Exit.isFailure(others) ? [issueOf(others)] : [])] as [
        SchemaIssue.Issue
      ])
    )
  }
}

const payloadDecoders = ({ payload }: HttpApiEndpoint.Top, options: SchemaAST.ParseOptions | undefined) =>
  new Map(
    Array.from(payload, ([mediaType, { encoding, schemas }]) => {
      if (encoding._tag !== "Json") throw new Error(`bodies of type ${encoding._tag} are not supported`)
      return [mediaType, jsonDecoder(Schema.Union(schemas), options)] as const
    })
  )

/** Decodes all parts of a request, and reports what is wrong in all of them together. */
export const makeRequestDecoder = (endpoint: HttpApiEndpoint.Top, options: DecodeOptions) => {
  const payload = payloadDecoders(endpoint, options.payload)
  const decodePath = endpoint.params && decoder(endpoint.params, options.params)
  const decodeHeaders = endpoint.headers && decoder(endpoint.headers, options.headers)
  const decodeQuery = endpoint.query ? queryDecoder(endpoint.query, options.query) : noQuery(options.query)

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
    let isPartial = false
    if (decodeBody !== undefined) {
      const decoded = decodeBody(body?.text ?? "")
      take("/body", "payload", decoded.exit)
      isPartial = decoded.isPartial === true
    }
    return issues === undefined ? { input } : { issues, isPartial }
  }

  return { decode, mediaTypes: new Set(payload.keys()) as ReadonlySet<string> }
}
