import { Schema, type SchemaAST, SchemaIssue } from "effect"

interface Annotations {
  readonly examples?: ReadonlyArray<unknown>
  readonly default?: unknown
  /** The server sets the value: a request cannot. */
  readonly readOnly?: boolean
}

/**
 * Describes a property in the OpenAPI document. The annotations belong to the property, in the form in which it is
 * sent: the schema of the value keeps its one name wherever it is used.
 */
export const described =
  (description: string, annotations: Annotations = {}) =>
  <S extends Schema.Top>(schema: S): S["Rebuild"] =>
    Schema.flip(
      Schema.flip(schema).annotateKey({ description, ...annotations } as Schema.Annotations.Key<S["Encoded"]>)
    )

/** Names a schema in the OpenAPI document, with examples as they are sent. A test compares them with the schema. */
export const named =
  (identifier: string, description: string, ...examples: ReadonlyArray<unknown>) =>
  <S extends Schema.Top>(schema: S): S["Rebuild"] => {
    const shown = examples.length > 0 && { examples: examples as ReadonlyArray<S["Encoded"]> }
    return Schema.annotateEncoded<S>({ identifier, description, ...shown })(schema)
  }

export const fieldsToChange = "The fields to change. Absent fields stay as they are; `null` clears a nullable field."

export const readOnly = { readOnly: true } as const

/** Checks what is sent as a whole. The schema keeps its name in the OpenAPI document, which does not show the check. */
export const checkEncoded =
  <S extends Schema.Top>(check: SchemaAST.Check<S["Encoded"]>) =>
  (schema: S): S["Rebuild"] =>
    Schema.flip(Schema.flip(schema).check(check as never)) as never

/** What a check of several fields says about one of them. */
export const errorAt = (name: string, code: string, message: string) => ({
  path: [name],
  issue: new SchemaIssue.InvalidValue({ code, message })
})

export const isInRange = (minimum: number, maximum: number) =>
  Schema.isBetween(
    { minimum, maximum },
    { code: "range", params: { min: minimum, max: maximum }, message: `Must be between ${minimum} and ${maximum}` }
  )
