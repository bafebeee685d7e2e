import { Predicate, type SchemaAST, SchemaIssue } from "effect"
import type { FieldError } from "../api/errors/CommonErrors.ts"

type Verdict = Omit<FieldError, "pointer">
type Annotations = { readonly [key: string]: unknown } | undefined

/** The verdict that a check or a schema in `domain/` was annotated with. */
const verdictOf = (annotations: Annotations): Verdict | undefined => {
  if (!Predicate.isString(annotations?.code) || !Predicate.isString(annotations.message)) return undefined
  const { code, message, params } = annotations
  return { code, message, ...(params !== undefined && { params: params as NonNullable<FieldError["params"]> }) }
}

const format = SchemaIssue.makeFormatterStandardSchemaV1()
const wordsFor = (issue: SchemaIssue.Issue) => format(issue).issues[0]?.message ?? "Is not valid"

const isLiterals = (ast: SchemaAST.AST) => ast._tag === "Union" && ast.types.every((type) => type._tag === "Literal")

// RFC 6901, section 3.
const escape = (key: PropertyKey) => String(key).replaceAll("~", "~0").replaceAll("/", "~1")

/**
 * Every fault in a schema's issue, each at its pointer. A verdict from the domain wins over anything
 * that is said further inside; values are never repeated.
 */
export const faultsOf = (issue: SchemaIssue.Issue, pointer: string, verdict?: Verdict): ReadonlyArray<FieldError> => {
  const fault = (code: string, message: string): ReadonlyArray<FieldError> => [
    { pointer, ...(verdict ?? { code, message }) }
  ]
  switch (issue._tag) {
    case "Pointer":
      return faultsOf(issue.issue, pointer + issue.path.map((key) => `/${escape(key)}`).join(""), verdict)
    case "Filter":
      return faultsOf(issue.issue, pointer, verdict ?? verdictOf(issue.filter.annotations))
    case "Encoding":
      return faultsOf(issue.issue, pointer, verdict ?? verdictOf(issue.ast.annotations))
    case "Composite": {
      // A schema with a verdict of its own speaks as a whole: what is inside is not the caller's.
      const whole = verdict ?? verdictOf(issue.ast.annotations)
      return whole === undefined ? issue.issues.flatMap((inner) => faultsOf(inner, pointer)) : [{ pointer, ...whole }]
    }
    case "AnyOf": {
      const whole = verdict ?? verdictOf(issue.ast.annotations)
      if (whole !== undefined) return [{ pointer, ...whole }]
      return issue.issues.length === 0
        ? fault(isLiterals(issue.ast) ? "one_of" : "type", wordsFor(issue))
        : issue.issues.flatMap((inner) => faultsOf(inner, pointer))
    }
    case "MissingKey":
      return fault("required", "Is required")
    case "UnexpectedKey":
      return fault("unknown", "Is not known here")
    case "InvalidValue":
      return [
        { pointer, ...(verdict ?? verdictOf(issue.annotations) ?? { code: "invalid", message: wordsFor(issue) }) }
      ]
    case "InvalidType":
      return fault("type", issue.ast._tag === "Objects" ? "Expected an object" : wordsFor(issue))
    default:
      return fault("type", wordsFor(issue))
  }
}
