/** A pattern of whole words. `\b` knows the letters of English only. */
export const wholeWords = (pattern: string) => new RegExp(`(?<![\\p{L}\\p{N}-])(?:${pattern})(?![\\p{L}\\p{N}])`, "iu")

/** Any of several patterns. Without any it matches nothing. */
export const oneOf = (patterns: ReadonlyArray<string>) => `(?:${patterns.join("|") || "(?!)"})`

/** Which of several patterns a text is, from 0 on. */
export const positionIn = (patterns: ReadonlyArray<string>) => {
  const whole = patterns.map((pattern) => new RegExp(`^(?:${pattern})$`, "iu"))
  return (text: string) => whole.findIndex((pattern) => pattern.test(text))
}
