import { Schema, SchemaTransformation } from "effect"
import { isBlank } from "./Blank.ts"

// The checks carry a `code` and `params`: they become the field errors of a response.

/** PostgreSQL cannot store NUL, and would store a lone surrogate as U+FFFD: two texts would become one. */
export const isStorable = (text: string) => text.isWellFormed() && !text.includes("\0")

const storable = Schema.makeFilter<string>(isStorable, {
  code: "text",
  message: "Must not contain NUL or half of a surrogate pair",
  expected: "text without NUL or lone surrogates",
  toJsonSchema: () => ({ pattern: "^[^\\u0000]*$" })
})

const isNotLongerThan = (max: number) =>
  Schema.isMaxCodePoints(max, { code: "too_long", params: { max }, message: `Must have at most ${max} characters` })

/**
 * What `isBlank` ignores, as a part of a character class: as much of it as every dialect of regular expressions can say.
 * The migration that adds the checks of the tables has all of it.
 */
const invisible =
  "\\u0000-\\u0020\\u007f-\\u00a0\\u00ad\\u034f\\u061c\\u115f\\u1160\\u1680\\u17b4\\u17b5\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u2800\\u3000\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufffb"

const visiblePattern = `^[^\\u0000]*[^${invisible}][^\\u0000]*$`

const blank = { code: "blank", message: "Must not be blank" }
const isNotEmpty = Schema.isMinCodePoints(1, blank)
// Beside visible characters, invisible ones stay as they are: emoji and many scripts need them.
const isVisible = Schema.makeFilter<string>((text) => !isBlank(text), {
  ...blank,
  toJsonSchema: () => ({ minLength: 1, pattern: visiblePattern })
})

/** Text of at most `max` code points, as PostgreSQL counts them. */
export const Text = (max: number) => Schema.String.check(storable, isNotLongerThan(max))

/** Text of 1 to `max` code points. */
export const NonEmptyText = (max: number) => Schema.String.check(storable, isNotEmpty, isNotLongerThan(max))

/** Text with something to see, of at most `max` code points. */
export const VisibleText = (max: number) => Schema.String.check(storable, isVisible, isNotLongerThan(max))

// UAX #15, section 13. The time to normalize a run of marks grows with the square of its length.
const tooManyMarks = /(?<!\p{M})\p{M}{31}/u

/**
 * What is checked before a text is normalized. `schema` states in the OpenAPI document what the decoded text must be,
 * which the decoded side enforces.
 */
const isNormalizable = (schema: { readonly [keyword: string]: string | number }) =>
  Schema.makeFilter<string>((text) => !tooManyMarks.test(text), {
    code: "text",
    message: "Must not have more than 30 combining marks in a row",
    toJsonSchema: () => schema
  })

const normalized = (trim: (text: string) => string = (text) => text) =>
  SchemaTransformation.transform<string, string>({
    decode: (text) => trim(text).normalize("NFC"),
    encode: (text) => text
  })

/** Text as clients send it, stored in Unicode's normal form C: texts that look the same are the same. */
export const TextInput = (max: number) =>
  Schema.String.check(isNormalizable({ maxLength: max, pattern: "^[^\\u0000]*$" })).pipe(
    Schema.decodeTo(Text(max), normalized())
  )

/** A title or name as clients send it, with something to see. White space around it is removed before it is measured. */
export const TrimmedText = (max: number) =>
  Schema.String.check(
    isNormalizable({
      minLength: 1,
      maxLength: max,
      pattern: visiblePattern
    })
  ).pipe(
    Schema.decodeTo(
      VisibleText(max),
      normalized((text) => text.trim())
    )
  )

/** A color as CSS writes it, in one spelling: `#rrggbb` in lower case. */
export const Color = Schema.String.check(
  Schema.isPattern(/^#[0-9a-f]{6}$/, {
    code: "format",
    message: "Must be a color like #3b82f6",
    toJsonSchema: () => ({ pattern: "^#[0-9a-f]{6}$" })
  })
)
