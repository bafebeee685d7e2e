/** A pattern of whole words. `\b` knows the letters of English only. */
export const wholeWords = (pattern: string) =>
  new RegExp(`(?<![\\p{L}\\p{N}-])(?:${pattern})(?![\\p{L}\\p{N}]|-\\p{L})`, "iu")

/** What makes a number before it an amount. */
export const unitOfAmount =
  /^\s?(?:[%€$£¥°]|(?:euros?|eur|dollars?|usd|k[gm]|[cm]m|miles?|lbs?|mph|min(?:ut[eo]?[ns]?)?|questions?)(?!\p{L}))/iu

/** Any of several patterns. Without any it matches nothing. */
export const oneOf = (patterns: ReadonlyArray<string>) => `(?:${patterns.join("|") || "(?!)"})`

/** Which of several patterns a text is, from 0 on. */
export const positionIn = (patterns: ReadonlyArray<string>) => {
  const whole = patterns.map((pattern) => new RegExp(`^(?:${pattern})$`, "iu"))
  return (text: string) => whole.findIndex((pattern) => pattern.test(text))
}
