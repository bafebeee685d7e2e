import { Schema } from "effect"

/** The checks below carry a `code` and `params`: what a client program is told of a refused value. */
const isStorable = Schema.makeFilter<string>((text) => text.isWellFormed() && !text.includes("\0"), {
  // PostgreSQL cannot store NUL, and a lone surrogate would be stored as U+FFFD: two different
  // texts would become one.
  code: "text",
  message: "Must not contain NUL or half of a surrogate pair",
  expected: "text without NUL or lone surrogates"
})

const isNotLongerThan = (max: number) =>
  Schema.isMaxCodePoints(max, { code: "too_long", params: { max }, message: `Must have at most ${max} characters` })

const isNotEmpty = Schema.isMinCodePoints(1, { code: "blank", message: "Must not be blank" })

/** Text of at most `max` code points, as people and PostgreSQL count them. */
export const Text = (max: number) => Schema.String.check(isStorable, isNotLongerThan(max))

/** A line of 1 to `max` code points. */
export const NonEmptyText = (max: number) => Schema.String.check(isStorable, isNotEmpty, isNotLongerThan(max))

/** A line as people type it: white space around it is dropped before it is measured. */
export const TrimmedText = (max: number) => Schema.Trim.pipe(Schema.decodeTo(NonEmptyText(max)))
