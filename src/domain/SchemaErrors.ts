import { JsonPointer, Predicate, Schema, type SchemaAST, SchemaIssue } from "effect"
import { described } from "./Description.ts"

export const fieldErrorExample = {
  pointer: "/body/title",
  code: "too_long",
  message: "Must have at most 200 characters",
  params: { max: 200 }
}

export const FieldError = Schema.Struct({
  pointer: Schema.String.pipe(
    described("JSON Pointer (RFC 6901) to the value, with the part of the request first. At most 256 characters.")
  ),
  code: Schema.String.pipe(described("The kind of error, for programs.")),
  message: Schema.String.pipe(described("What the value must be, for people.")),
  params: Schema.optionalKey(Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite]))).pipe(
    described("The limits in `message`, for translations.")
  )
}).annotate({ identifier: "FieldError", description: "One error in a request.", examples: [fieldErrorExample] })
export type FieldError = typeof FieldError.Type

type Description = Omit<FieldError, "pointer">

type Annotations = { readonly [key: string]: unknown } | undefined

/** The code, message and params with which a check or a schema in `domain/` is annotated. */
const annotated = (annotations: Annotations): Description | undefined => {
  if (!Predicate.isString(annotations?.code) || !Predicate.isString(annotations.message)) return undefined
  const { code, message, params } = annotations
  return { code, message, ...(params !== undefined && { params: params as NonNullable<Description["params"]> }) }
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()
const messageOf = (issue: SchemaIssue.Issue) => format(issue).issues[0]?.message ?? "Is not valid"

/** "Must be one of a, b, c" for a value that is none of the literals. */
const literalsMessage = (ast: SchemaAST.AST) =>
  ast._tag === "Union" && ast.types.every((type) => type._tag === "Literal")
    ? `Must be one of ${ast.types.map(({ literal }) => literal).join(", ")}`
    : undefined

/** What is wrong with a value whose schema has no description of its own. */
const describe = (issue: SchemaIssue.Issue): Description => {
  switch (issue._tag) {
    case "MissingKey":
      return { code: "required", message: "Is required" }
    case "UnexpectedKey":
      return { code: "unknown", message: "Is unknown" }
    case "InvalidValue":
      return annotated(issue.annotations) ?? { code: "invalid", message: messageOf(issue) }
    case "InvalidType":
      if (issue.ast._tag === "Literal") return { code: "one_of", message: `Must be ${issue.ast.literal}` }
      return (
        annotated(issue.ast.annotations) ?? {
          code: "type",
          message: issue.ast._tag === "Objects" ? "Must be an object" : messageOf(issue)
        }
      )
    case "AnyOf": {
      const oneOf = literalsMessage(issue.ast)
      return oneOf === undefined ? { code: "type", message: messageOf(issue) } : { code: "one_of", message: oneOf }
    }
    default:
      return { code: "type", message: messageOf(issue) }
  }
}

function* errorsOf(issue: SchemaIssue.Issue, pointer: string, outer?: Description): Generator<FieldError> {
  switch (issue._tag) {
    case "Pointer":
      return yield* errorsOf(
        issue.issue,
        pointer + issue.path.map((key) => `/${JsonPointer.escapeToken(String(key))}`).join(""),
        outer
      )
    case "Filter":
      return yield* errorsOf(issue.issue, pointer, outer ?? annotated(issue.filter.annotations))
    case "Encoding":
      return yield* errorsOf(issue.issue, pointer, outer ?? annotated(issue.ast.annotations))
    case "Composite":
    case "AnyOf": {
      const whole = outer ?? annotated(issue.ast.annotations)
      if (whole === undefined && issue.issues.length > 0) {
        for (const inner of issue.issues) yield* errorsOf(inner, pointer)
      } else yield { pointer, ...(whole ?? describe(issue)) }
      break
    }
    default:
      yield { pointer, ...(outer ?? describe(issue)) }
  }
}

/**
 * The errors of schema issues, each at its JSON pointer. What the domain says about a value replaces what the schema
 * library says about its parts. Values are never repeated. A consumer that stops early saves the rest of the work.
 */
export function* schemaErrors(issues: ReadonlyArray<{ readonly pointer: string; readonly issue: SchemaIssue.Issue }>) {
  for (const { issue, pointer } of issues) yield* errorsOf(issue, pointer)
}
