import { type Schema, type SchemaAST, SchemaIssue } from "effect"

/** How long the arrays of a JSON value may be, and which fields its objects have, by their places in it. */
export interface BodyLimits {
  /** Of the value itself, where it is an array. */
  readonly max?: number
  readonly annotations?: Schema.Annotations.Issue
  readonly entries?: BodyLimits | undefined
  /** Of the value itself, where it is an object. */
  readonly fields?: ReadonlyMap<PropertyKey, BodyLimits> | undefined
  /** Fields that one kind of object has may be unknown in another one. */
  readonly isAmbiguous?: boolean
}

const maxLength = ({ annotations }: SchemaAST.Check<never>): number | undefined => {
  const { id, payload } = (annotations?.representation ?? {}) as { id?: string; payload?: { maxLength: number } }
  return id === "effect/schema/isMaxLength" ? payload?.maxLength : undefined
}

/** What either allows. */
const either = (a: BodyLimits | undefined, b: BodyLimits | undefined): BodyLimits | undefined => {
  if (a === undefined || b === undefined) return a ?? b
  const names = new Set([...(a.fields?.keys() ?? []), ...(b.fields?.keys() ?? [])])
  const fields = Array.from(names, (name) => [name, either(a.fields?.get(name), b.fields?.get(name)) ?? {}] as const)
  return {
    ...((a.max ?? -1) >= (b.max ?? -1) ? a : b),
    entries: either(a.entries, b.entries),
    fields: fields.length === 0 ? undefined : new Map(fields),
    isAmbiguous: true
  }
}

/** The limits that a schema declares; `undefined` for a schema of neither arrays nor objects. */
export const bodyLimits = (ast: SchemaAST.AST): BodyLimits | undefined => {
  // A value is decoded by the last of these first.
  const encoded = ast.encoding?.at(-1)?.to
  if (encoded !== undefined) return bodyLimits(encoded)
  switch (ast._tag) {
    case "Arrays": {
      const entries = ast.rest[0] && bodyLimits(ast.rest[0])
      const check = ast.checks?.find((check) => maxLength(check) !== undefined)
      if (check === undefined) return { max: Number.POSITIVE_INFINITY, entries }
      return { max: maxLength(check) ?? 0, annotations: check.annotations as Schema.Annotations.Issue, entries }
    }
    case "Objects":
      // Every field of a record is known.
      return ast.indexSignatures.length > 0
        ? undefined
        : { fields: new Map(ast.propertySignatures.map(({ name, type }) => [name, bodyLimits(type) ?? {}])) }
    case "Union":
      return ast.types.map(bodyLimits).reduce(either, undefined)
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
  limits: BodyLimits | undefined,
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

const isAmbiguous = ({ entries, fields, isAmbiguous: own }: BodyLimits): boolean =>
  own === true || (entries !== undefined && isAmbiguous(entries)) || [...(fields?.values() ?? [])].some(isAmbiguous)

/**
 * Whether no array is too long and, if `isStrict`, no field is unknown. `undefined` where only the schema can tell.
 */
export const makeLimitCheck = (limits: BodyLimits | undefined, isStrict: boolean) => {
  if (isStrict && limits !== undefined && isAmbiguous(limits)) return undefined
  const fits = (value: unknown, limits: BodyLimits | undefined): boolean => {
    if (limits === undefined || typeof value !== "object" || value === null) return true
    if (Array.isArray(value)) {
      const { entries, max = Number.POSITIVE_INFINITY } = limits
      return value.length <= max && (entries === undefined || value.every((entry) => fits(entry, entries)))
    }
    if (limits.fields === undefined) return true
    for (const name in value) {
      const known = limits.fields.get(name)
      if (known === undefined ? isStrict : !fits((value as Record<string, unknown>)[name], known)) return false
    }
    return true
  }
  return (value: unknown) => fits(value, limits)
}

/** How much of an invalid body is looked at for a list of its errors, of which a response has at most 100. */
const checkedEntries = 200
const checkedUnknownFields = 101

/** Removes what is not looked at, and returns whether there was something. */
export const keepChecked = (body: unknown, limits: BodyLimits | undefined) => {
  const left = { entries: checkedEntries, unknown: checkedUnknownFields }
  let isCut = false
  const keep = (value: unknown, limits: BodyLimits | undefined) => {
    if (limits === undefined || typeof value !== "object" || value === null) return
    if (Array.isArray(value)) {
      for (const [n, entry] of value.entries()) {
        if (left.entries-- <= 0) {
          value.length = n
          isCut = true
          return
        }
        keep(entry, limits.entries)
      }
    } else if (limits.fields !== undefined) {
      for (const name of Object.keys(value)) {
        const known = limits.fields.get(name)
        if (known !== undefined) keep((value as Record<string, unknown>)[name], known)
        else if (left.unknown-- <= 0) {
          delete (value as Record<string, unknown>)[name]
          isCut = true
        }
      }
    }
  }
  keep(body, limits)
  return isCut
}
