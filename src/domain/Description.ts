import { Schema, type SchemaAST } from "effect"

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

/** A property that the server sets: no request may contain it. */
export const readOnly = { readOnly: true } as const

/** Checks what is sent as a whole. The schema keeps its name in the OpenAPI document, which does not show the check. */
export const checkEncoded =
  <S extends Schema.Top>(check: SchemaAST.Check<S["Encoded"]>) =>
  (schema: S): S["Rebuild"] =>
    Schema.flip(Schema.flip(schema).check(check as never)) as never
