import type { Language } from "../domain/QuickAdd.ts"

/** The words of a language that stand around dates. Each is a regular expression without groups that capture. */
interface Words {
  /** What says that something repeats; with "!" behind it repeats after it was completed. */
  readonly every: string
  readonly other: string
  /** From two to six. */
  readonly numbers: ReadonlyArray<string>
  /** The first four and the last, before the name of a weekday. */
  readonly ordinals: ReadonlyArray<string>
  readonly units: { readonly [unit in Unit]: string }
  readonly quarter: string
  readonly workday: string
  readonly weekend: string
  /** From Monday on. */
  readonly weekdays: ReadonlyArray<string>
  readonly adverbs: { readonly [unit in Unit]: string }
  readonly and: string
  /** What may stand around the digits of the day of a month. */
  readonly day: string
  readonly ordinal: string
  /** In front of the day in "every month on the 5th". */
  readonly onDay: string
  readonly ofMonth: string
  /** In front of the last day of a rule. */
  readonly until: string
  /** Prepositions and articles in front of a date, which belong to it. */
  readonly before: string
  /** What may follow a time, which belongs to it. */
  readonly after: string
  /** What is a date only behind a preposition, or as the last word. */
  readonly ambiguous: string
  readonly priorities: { readonly [priority in Priority]: string }
}

type Unit = "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY"
type Priority = "low" | "medium" | "high"

export const wordsOf: { readonly [language in Language]: Words } = {
  en: {
    every: "every|each|ev",
    other: "other",
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
    ordinal: "(?:st|nd|rd|th)",
    numbers: ["two", "three", "four", "five", "six"],
    ordinals: ["first|1st", "second|2nd", "third|3rd", "fourth|4th", "last"],
    quarter: "quarters?",
    weekend: "weekends?",
    day: "(?:the )?",
    onDay: "on(?: the)?",
    ofMonth: " of (?:the|each|every) month",
    until: "until|till|ending",
    after: "",
    ambiguous: "sun|sat|wed|noon|midnight",
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
    ordinal: "\\.",
    numbers: ["zwei", "drei", "vier", "fünf", "sechs"],
    ordinals: ["erste[nrs]?|1\\.", "2\\.", "dritte[nrs]?|3\\.", "vierte[nrs]?|4\\.", "letzte[nrs]?"],
    quarter: "quartale?",
    weekend: "wochenenden?",
    day: "",
    onDay: "am",
    ofMonth: " (?:des|im) monats?",
    until: "bis(?: zum)?",
    after: "\\.? ?uhr|\\.",
    ambiguous: "mo|di|mi|do|fr|sa|so",
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
    ordinal: "(?:er)?",
    numbers: ["deux", "trois", "quatre", "cinq", "six"],
    ordinals: ["premiers?", "deuxièmes?", "troisièmes?", "quatrièmes?", "derniers?"],
    quarter: "trimestres?",
    weekend: "week-?ends?",
    day: "(?:le )?",
    onDay: "le",
    ofMonth: " du mois",
    until: "jusqu'au",
    after: "",
    ambiguous: "lun|mar|mer|jeu|ven|sam|dim|midi|minuit",
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
    ordinal: "",
    numbers: ["dos", "tres", "cuatro", "cinco", "seis"],
    ordinals: ["primer", "segundo", "tercer", "cuarto", "último"],
    quarter: "trimestres?",
    weekend: "fin(?:es)? de semana",
    day: "(?:el |día )?",
    onDay: "el(?: día)?",
    ofMonth: "(?: de cada| del) mes",
    until: "hasta el|hasta",
    after: "",
    ambiguous: "lun|mar|mie|mié|jue|vie|sab|sáb|dom|mediod[ií]a|medianoche",
    before: "el|a|para|antes",
    priorities: { low: "baja", medium: "media", high: "alta" }
  },
  pt: {
    every: "tod[oa]s? [oa]s?|a cada|cada|tod[oa]s?",
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
    ordinal: "º?",
    numbers: ["dois|duas", "três", "quatro", "cinco", "seis"],
    ordinals: ["primeir[oa]", "(?!)", "terceir[oa]", "(?!)", "últim[oa]"],
    quarter: "trimestres?",
    weekend: "fi(?:m|ns) de semana",
    day: "(?:dia )?",
    onDay: "(?:no )?dia",
    ofMonth: "(?: de cada| do) mês",
    until: "até",
    after: "",
    ambiguous: "segunda|terça|quarta|quinta|sexta|seg|ter|qua|qui|sex|sab|sáb|dom|meio-dia|meia-noite",
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
    ordinal: "(?:ste|e|de)",
    numbers: ["twee", "drie", "vier", "vijf", "zes"],
    ordinals: ["eerste|1e", "2e", "derde|3e", "vierde|4e", "laatste"],
    quarter: "kwarta(?:al|len)",
    weekend: "weekend(?:en)?",
    day: "(?:de )?",
    onDay: "op(?: de)?",
    ofMonth: " van de maand",
    until: "tot(?: en met)?",
    after: " ?uur",
    ambiguous: "ma|di|wo|do|vr|za|zo",
    before: "op|om|voor|vanaf",
    priorities: { low: "laag", medium: "gemiddeld", high: "hoog" }
  }
}
