/** A pattern of whole words. `\b` knows the letters of English only. */
export const wholeWords = (pattern: string) =>
  new RegExp(`(?<![\\p{L}\\p{N}-])(?:${pattern})(?![\\p{L}\\p{N}]|-\\p{L})`, "iu")

/** What makes a number before it an amount. */
export const unitOfAmount =
  /^\s?(?:[%€$£¥°]|(?:euros?|eur|dollars?|usd|k[gm]|[cm]m|kilos?|gramm?s?|miles?|lbs?|mph|min(?:ut[eo]?[ns]?)?|questions?|percent|prozent|procent|por ?cento?|pour ?cent|degrees|grad|graden|graus|grados|degrés|people|persons|personen|personnes|personas|pessoas)(?!\p{L}))/iu

/** Any of several patterns. Without any it matches nothing. */
export const oneOf = (patterns: ReadonlyArray<string>) => `(?:${patterns.join("|") || "(?!)"})`

/** Which of several patterns a text is, from 0 on. */
export const positionIn = (patterns: ReadonlyArray<string>) => {
  const whole = patterns.map((pattern) => new RegExp(`^(?:${pattern})$`, "iu"))
  return (text: string) => whole.findIndex((pattern) => pattern.test(text))
}

const letters: { readonly [letter: string]: string } = { ä: "ae", ö: "oe", ü: "ue", ß: "ss" }

/** Accepts a pattern without its accents, too: "proxima", "taeglich", "taglich". Short words would become other ones. */
export const withoutAccents = (pattern: string) =>
  pattern.replaceAll(/\p{L}{4,}/gu, (word) =>
    word.replaceAll(/[^\p{ASCII}]/gu, (letter) =>
      oneOf([letter, letter.normalize("NFD").charAt(0), letters[letter] ?? letter])
    )
  )

/** The names of the months and their abbreviations. */
export const monthNames = (language: string) =>
  (["long", "short"] as const).flatMap((month) => {
    const { format } = new Intl.DateTimeFormat(language, { month, timeZone: "UTC" })
    return Array.from({ length: 12 }, (_, n) => withoutAccents(format(Date.UTC(2026, n, 5)).replaceAll(".", "\\.")))
  })

export const componentsOf = (date: Date) => ({
  year: date.getFullYear(),
  month: date.getMonth() + 1,
  day: date.getDate()
})

export const dayAfter = (today: Date, days: number) =>
  new Date(today.getFullYear(), today.getMonth(), today.getDate() + days)
