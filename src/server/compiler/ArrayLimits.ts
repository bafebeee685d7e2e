import { type Schema, type SchemaAST, SchemaIssue } from "effect"

/** How long the arrays of a JSON value may be, by their places in it. */
export interface ArrayLimits {
  /** Of the value itself, where it is an array. */
  readonly max?: number
  readonly annotations?: Schema.Annotations.Issue
  readonly entries?: ArrayLimits | undefined
  readonly fields?: ReadonlyMap<PropertyKey, ArrayLimits> | undefined
}

const maxLength = ({ annotations }: SchemaAST.Check<never>): number | undefined => {
  const { id, payload } = (annotations?.representation ?? {}) as { id?: string; payload?: { maxLength: number } }
  return id === "effect/schema/isMaxLength" ? payload?.maxLength : undefined
}

/** The longest that either allows. */
const either = (a: ArrayLimits | undefined, b: ArrayLimits | undefined): ArrayLimits | undefined => {
  if (a === undefined || b === undefined) return a ?? b
  const names = new Set([...(a.fields?.keys() ?? []), ...(b.fields?.keys() ?? [])])
  return {
    ...((a.max ?? -1) >= (b.max ?? -1) ? a : b),
    entries: either(a.entries, b.entries),
    fields: new Map(Array.from(names, (name) => [name, either(a.fields?.get(name), b.fields?.get(name)) ?? {}]))
  }
}

/** The limits that a schema declares with `isMaxLength`; `undefined` for one without arrays. */
export const arrayLimits = (ast: SchemaAST.AST): ArrayLimits | undefined => {
  // A value is decoded by the last of these first.
  const encoded = ast.encoding?.at(-1)?.to
  if (encoded !== undefined) return arrayLimits(encoded)
  switch (ast._tag) {
    case "Arrays": {
      const entries = ast.rest[0] && arrayLimits(ast.rest[0])
      const check = ast.checks?.find((check) => maxLength(check) !== undefined)
      if (check === undefined) return { max: Number.POSITIVE_INFINITY, entries }
      return { max: maxLength(check) ?? 0, annotations: check.annotations as Schema.Annotations.Issue, entries }
    }
    case "Objects": {
      const fields = ast.propertySignatures.flatMap(({ name, type }) => {
        const limits = arrayLimits(type)
        return limits === undefined ? [] : [[name, limits] as const]
      })
      return fields.length === 0 ? undefined : { fields: new Map(fields) }
    }
    case "Union":
      return ast.types.map(arrayLimits).reduce(either, undefined)
    default:
      return undefined
  }
}

/**
 * Shortens arrays that are too long, and yields an issue for each. A schema checks lengths after it has decoded all
 * entries, which makes a small body of many wrong entries expensive.
 */
export function* shortenArrays(
  value: unknown,
  limits: ArrayLimits | undefined,
  path: ReadonlyArray<PropertyKey> = []
): Generator<SchemaIssue.Issue> {
  if (limits === undefined || typeof value !== "object" || value === null) return
  if (Array.isArray(value)) {
    const { annotations, entries, max = Number.POSITIVE_INFINITY } = limits
    if (value.length > max) {
      value.length = max
      yield new SchemaIssue.Pointer(path, new SchemaIssue.InvalidValue(annotations))
    }
    if (entries !== undefined)
      for (const [n, entry] of value.entries()) yield* shortenArrays(entry, entries, [...path, n])
    return
  }
  for (const [name, inner] of limits.fields ?? []) {
    yield* shortenArrays((value as Record<PropertyKey, unknown>)[name], inner, [...path, name])
  }
}
