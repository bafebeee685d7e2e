import { Schema, SchemaTransformation } from "effect"
import { Version, VersionMatch } from "../../domain/Version.ts"

const toTag = (version: number) => `"${version}"`

/** The strong entity tag of a row is its version in quotes: `"3"` (RFC 9110, section 8.8.3). */
export const ETag = Schema.String.check(Schema.isPattern(/^"[1-9]\d{0,9}"$/)).pipe(
  Schema.decodeTo(Version, SchemaTransformation.transform({ decode: (tag) => Number(tag.slice(1, -1)), encode: toTag }))
)

const encode = (versions: VersionMatch) => (versions === "*" ? versions : versions.map(toTag).join(", "))

// An entity tag that this server cannot have made names no version, and so matches none.
const decode =
  (tag: RegExp) =>
  (tags: string): VersionMatch =>
    tags.trim() === "*" ? "*" : Array.from(tags.matchAll(tag), ([, version]) => Number(version))

// A list may have empty elements (RFC 9110, section 5.6.1).
const opaqueTag = '(?:W/)?"[\\x21\\x23-\\x7e\\x80-\\xff]*"'
const tags = `[\\s,]*${opaqueTag}(?:\\s*,[\\s,]*${opaqueTag})*[\\s,]*`

/** RFC 9110, section 13.1.1: strong comparison, so a weak entity tag matches nothing. */
export const IfMatch = Schema.String.check(
  Schema.isPattern(new RegExp(`^(?:\\s*\\*\\s*|${tags})$`), {
    code: "format",
    message: 'Must be "*" or entity tags in double quotes, like "3"'
  })
).pipe(
  Schema.decodeTo(VersionMatch, SchemaTransformation.transform({ decode: decode(/(?<!W\/)"([1-9]\d{0,9})"/g), encode }))
)

/** RFC 9110, section 13.1.2: weak comparison. A value that cannot be parsed matches nothing. */
export const IfNoneMatch = Schema.String.pipe(
  Schema.decodeTo(VersionMatch, SchemaTransformation.transform({ decode: decode(/"([1-9]\d{0,9})"/g), encode }))
)
