import type { Language } from "../domain/QuickAdd.ts"

/** The words of a language that stand around dates. Each is a regular expression without groups that capture. */
interface Words {
  /** What says that something repeats; with "!" behind it repeats after it was completed. */
  readonly every: string
  readonly other: string
  readonly units: { readonly [unit in Unit]: string }
  readonly workday: string
  /** From Monday on. */
  readonly weekdays: ReadonlyArray<string>
  readonly adverbs: { readonly [unit in Unit]: string }
  readonly and: string
  /** The day of a month in a rule, its digits in front. */
  readonly ordinal: string
  /** Prepositions and articles in front of a date, which belong to it. */
  readonly before: string
  readonly priorities: { readonly [priority in Priority]: string }
}

type Unit = "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY"
type Priority = "low" | "medium" | "high"

export const wordsOf: { readonly [language in Language]: Words } = {
  en: {
    every: "every|each",
    other: "other|second",
    units: { DAILY: "days?", WEEKLY: "weeks?", MONTHLY: "months?", YEARLY: "years?" },
    workday: "weekdays?|workdays?",
    weekdays: [
      "mon(?:day)?",
      "tue(?:s|sday)?",
      "wed(?:nesday)?",
      "thu(?:rs|rsday)?",
      "fri(?:day)?",
      "sat(?:urday)?",
      "sun(?:day)?"
    ],
    adverbs: { DAILY: "daily", WEEKLY: "weekly", MONTHLY: "monthly", YEARLY: "yearly|annually" },
    and: "and",
    ordinal: "(?:st|nd|rd|th)(?: of the month)?",
    before: "on|at|by|due|from|starting",
    priorities: { low: "low", medium: "medium", high: "high" }
  },
  de: {
    every: "jede[nrsm]?|alle",
    other: "zweite[nrs]?",
    units: { DAILY: "tage?", WEEKLY: "wochen?", MONTHLY: "monate?", YEARLY: "jahre?" },
    workday: "werktage?|wochentage?",
    weekdays: ["montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag|sonnabend", "sonntag"],
    adverbs: { DAILY: "täglich", WEEKLY: "wöchentlich", MONTHLY: "monatlich", YEARLY: "jährlich" },
    and: "und",
    ordinal: "\\.(?: des monats)?",
    before: "am|um|bis|ab|vom",
    priorities: { low: "niedrig", medium: "mittel", high: "hoch" }
  },
  fr: {
    every: "tou(?:s|tes) les|chaque",
    other: "(?!)",
    units: { DAILY: "jours?", WEEKLY: "semaines?", MONTHLY: "mois", YEARLY: "ans?|années?" },
    workday: "jours? ouvrables?|jours? ouvrés?",
    weekdays: ["lundis?", "mardis?", "mercredis?", "jeudis?", "vendredis?", "samedis?", "dimanches?"],
    adverbs: { DAILY: "quotidiennement", WEEKLY: "hebdomadairement", MONTHLY: "mensuellement", YEARLY: "annuellement" },
    and: "et",
    ordinal: "(?:er)?(?: du mois)?",
    before: "le|à|pour|avant|dès",
    priorities: { low: "basse", medium: "moyenne", high: "haute" }
  },
  es: {
    every: "tod[oa]s l[oa]s|cada",
    other: "(?!)",
    units: { DAILY: "días?", WEEKLY: "semanas?", MONTHLY: "mes(?:es)?", YEARLY: "años?" },
    workday: "días? laborables?|días? hábiles?",
    weekdays: ["lunes", "martes", "miércoles", "jueves", "viernes", "sábados?", "domingos?"],
    adverbs: { DAILY: "diariamente", WEEKLY: "semanalmente", MONTHLY: "mensualmente", YEARLY: "anualmente" },
    and: "y",
    ordinal: "(?: de cada mes| del mes)?",
    before: "el|a|para|antes",
    priorities: { low: "baja", medium: "media", high: "alta" }
  },
  pt: {
    every: "tod[oa]s? [oa]s?|cada|tod[oa]s?",
    other: "(?!)",
    units: { DAILY: "dias?", WEEKLY: "semanas?", MONTHLY: "m[eê]s(?:es)?", YEARLY: "anos?" },
    workday: "dias? úte?is|dia útil",
    weekdays: [
      "segundas?(?:-feiras?)?",
      "terças?(?:-feiras?)?",
      "quartas?(?:-feiras?)?",
      "quintas?(?:-feiras?)?",
      "sextas?(?:-feiras?)?",
      "sábados?",
      "domingos?"
    ],
    adverbs: { DAILY: "diariamente", WEEKLY: "semanalmente", MONTHLY: "mensalmente", YEARLY: "anualmente" },
    and: "e",
    ordinal: "º?(?: de cada mês| do mês)?",
    before: "em|no|na|dia|até|para",
    priorities: { low: "baixa", medium: "média", high: "alta" }
  },
  nl: {
    every: "elke|ieder|iedere|elk",
    other: "tweede|andere",
    units: { DAILY: "dag(?:en)?", WEEKLY: "we(?:ek|ken)", MONTHLY: "maand(?:en)?", YEARLY: "ja(?:ar|ren)" },
    workday: "werkdag(?:en)?",
    weekdays: ["maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag"],
    adverbs: { DAILY: "dagelijks", WEEKLY: "wekelijks", MONTHLY: "maandelijks", YEARLY: "jaarlijks" },
    and: "en",
    ordinal: "(?:e|de|ste)(?: van de maand)?",
    before: "op|om|voor|vanaf",
    priorities: { low: "laag", medium: "gemiddeld", high: "hoog" }
  }
}
