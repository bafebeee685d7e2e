import type { Language } from "../domain/QuickAdd.ts"

/** The words of a language that stand around dates. Each is a regular expression without groups that capture. */
interface Words {
  /** Introduces a repetition. Followed by "!" it repeats after the completion. */
  readonly every: string
  readonly other: string
  /** From two to twelve. */
  readonly numbers: ReadonlyArray<string>
  /** The first five and the last, before the name of a weekday. */
  readonly ordinals: ReadonlyArray<string>
  readonly units: { readonly [unit in Unit]: string }
  readonly quarter: string
  readonly workday: string
  readonly weekend: string
  /** Workdays and weekends that repeat without a word for "every". */
  readonly onWorkdays: string
  readonly onWeekends: string
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
  /** Behind the day in "the 1st of every month". */
  readonly ofEveryMonth: string
  /** Around the name of a weekday that repeats: "on Mondays". */
  readonly onWeekdays: readonly [string, string]
  /** Around the name of what repeats every second time: "un lundi sur deux". */
  readonly alternately: readonly [string, string]
  /** Between the name of a weekday and the day of the month. */
  readonly article: string
  /** Days that have a name, and how many days they are from today. */
  readonly relative: ReadonlyArray<readonly [string, number]>
  /** In front of a number of days. */
  readonly within?: string
  readonly one: string
  readonly time: TimeWords
  /** Parts of the day and the hours that stand for them. */
  readonly partsOfDay: ReadonlyArray<readonly [string, number]>
  /** The same behind the name of a weekday: "every Tuesday night". */
  readonly parts: ReadonlyArray<readonly [string, number]>
  /** Between a number of days and the date from which they are counted. */
  readonly later: string
  readonly earlier: string
  /** In front of the last day of a rule. */
  readonly until: string
  /** What limits a rule in a way that rules here do not have. */
  readonly except: string
  /** Prepositions and articles in front of a date, which belong to it. */
  readonly before: string
  /** What may follow a time, which belongs to it. */
  readonly after: string
  /** What is a date only behind a preposition, or as the last word. */
  readonly ambiguous: string
  readonly priorities: { readonly [priority in Priority]: string }
}

/** The words of a time of day: "at half past nine in the evening". */
interface TimeWords {
  readonly at: string
  /** From one to twelve. */
  readonly hours: ReadonlyArray<string>
  readonly unit: string
  /** Words in front of the hour and behind it, and the minutes that they add. */
  readonly before: ReadonlyArray<readonly [string, number]>
  readonly after: ReadonlyArray<readonly [string, number]>
  /** Between minutes and the hour that they are counted from: "ten past nine", "ten to nine". */
  readonly past: string
  readonly to: string
  readonly am: string
  readonly pm: string
}

type Unit = "DAILY" | "WEEKLY" | "MONTHLY" | "YEARLY"
type Priority = "low" | "medium" | "high"

export const wordsOf: { readonly [language in Language]: Words } = {
  en: {
    every: "every|each|ev",
    other: "other|second",
    units: { DAILY: "days?", WEEKLY: "weeks?", MONTHLY: "months?", YEARLY: "years?" },
    workday: "week ?days?|workdays?|(?:business|working) days?",
    weekdays: [
      "mon(?:days?)?",
      "tue(?:s|sdays?)?",
      "wed(?:nesdays?)?",
      "thu(?:rs|rsdays?)?",
      "fri(?:days?)?",
      "sat(?:urdays?)?",
      "sun(?:days?)?"
    ],
    adverbs: { DAILY: "daily|everyday", WEEKLY: "weekly", MONTHLY: "monthly", YEARLY: "yearly|annually" },
    and: "and",
    ordinal: "(?:st|nd|rd|th)",
    numbers: ["two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
    ordinals: ["first|1st", "2nd", "third|3rd", "fourth|4th", "fifth|5th", "last"],
    quarter: "quarters?",
    onWorkdays: "on (?:weekdays|workdays|business days)|(?<!\\d )weekdays(?= at )",
    onWeekends: "on (?:the )?weekends",
    weekend: "weekends?",
    day: "(?:the )?",
    onDay: "(?:on|by)(?: the)?|the(?= \\d{1,2}(?:st|nd|rd|th) at \\d)",
    ofMonth: " of (?:the|each|every) month",
    ofEveryMonth: " of (?:every|each) month",
    onWeekdays: ["on ", "s"],
    alternately: ["every alternate ", "s?"],
    article: "the",
    relative: [["(?:the )?day after tomorrow", 2]],
    one: "an?|one",
    time: {
      at: "at",
      hours: ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"],
      unit: "o['’]?clock",
      before: [
        ["half past", 30],
        ["(?:a )?quarter past", 15],
        ["(?:a )?quarter to", -15]
      ],
      after: [],
      past: "past|after",
      to: "to|before",
      am: "in the morning",
      pm: "in the (?:afternoon|evening)|at night"
    },
    partsOfDay: [
      ["in the morning", 9],
      ["in the afternoon", 15],
      ["in the evening|at night", 20]
    ],
    parts: [
      ["morning", 9],
      ["afternoon", 15],
      ["evening|night", 20]
    ],
    later: "from|after",
    earlier: "before",
    except: "except|excluding|but|\\d+ times",
    until: "until|till|ending",
    after: " noon",
    ambiguous: "mon|sun|sat|wed|noon|midnight",
    before: "on|at|by|due|from|starting|before|until|till|around",
    priorities: { low: "low", medium: "medium", high: "high" }
  },
  de: {
    every: "jede[nrsm]?|alle",
    other: "zweite[nrs]?",
    units: { DAILY: "tage?", WEEKLY: "wochen?", MONTHLY: "monate?", YEARLY: "jahre?" },
    workday: "werktage?|wochentage?",
    weekdays: [
      "mo(?:ntage?)?",
      "di(?:enstage?)?",
      "mi(?:ttwoch)?",
      "do(?:nnerstage?)?",
      "fr(?:eitage?)?",
      "sa(?:mstage?)?|sonnabend",
      "so(?:nntage?)?"
    ],
    adverbs: { DAILY: "täglich", WEEKLY: "wöchentlich", MONTHLY: "monatlich", YEARLY: "jährlich" },
    and: "und",
    ordinal: "\\.",
    numbers: ["zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"],
    ordinals: [
      "erste[nrs]?|1\\.",
      "2\\.",
      "dritte[nrs]?|3\\.",
      "vierte[nrs]?|4\\.",
      "fünfte[nrs]?|5\\.",
      "letzte[nrs]?"
    ],
    quarter: "quartale?",
    onWorkdays: "werktags|wochentags|an (?:werk|wochen)tagen|unter der woche",
    onWeekends: "an wochenenden",
    weekend: "wochenenden?",
    day: "",
    onDay: "am|zum|bis(?: zum)?",
    ofMonth: " (?:des|im) monats?",
    ofEveryMonth: " (?:jede[ns]|eines jeden) monats",
    onWeekdays: ["(?:immer )?", "s"],
    alternately: ["(?!)", ""],
    article: "de[nr]",
    relative: [],
    one: "eine[mnr]?",
    time: {
      at: "um|gegen|ab",
      hours: ["eins?", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"],
      unit: "uhr",
      before: [
        ["halb", -30],
        ["viertel nach", 15],
        ["(?:viertel vor|dreiviertel)", -15]
      ],
      after: [],
      past: "nach",
      to: "vor",
      am: "(?:am )?(?:morgens?|vormittags?|früh)",
      pm: "(?:am )?(?:nachmittags?|abends?)"
    },
    partsOfDay: [
      ["am (?:morgen|vormittag)|(?<=(?:heute|morgen|tag) )früh", 9],
      ["am nachmittag", 15],
      ["am abend", 20]
    ],
    parts: [
      ["morgens?|früh|vormittags?", 9],
      ["mittags?", 12],
      ["nachmittags?", 15],
      ["abends?", 20]
    ],
    later: "ab|nach|von",
    earlier: "vor",
    except: "außer|ausser|bis auf|\\d+ ?mal",
    until: "bis(?: zum)?",
    after: "\\.? ?uhr|\\.",
    ambiguous: "mo|di|mi|do|fr|sa|so|mittags?|mitternacht",
    before: "am|um|an|bis|zum|ab|vom|spätestens|kommende[nr]?",
    priorities: { low: "niedrig", medium: "mittel", high: "hoch" }
  },
  fr: {
    every: "tou(?:s|tes) les|chaque",
    other: "(?!)",
    units: { DAILY: "jours?", WEEKLY: "semaines?", MONTHLY: "mois", YEARLY: "ans?|années?" },
    workday: "jours? ouvrables?|jours? ouvrés?",
    weekdays: [
      "lun(?:dis?)?",
      "mar(?:dis?)?",
      "mer(?:credis?)?",
      "jeu(?:dis?)?",
      "ven(?:dredis?)?",
      "sam(?:edis?)?",
      "dim(?:anches?)?"
    ],
    adverbs: { DAILY: "quotidiennement", WEEKLY: "hebdomadairement", MONTHLY: "mensuellement", YEARLY: "annuellement" },
    and: "et",
    ordinal: "(?:er)?",
    numbers: ["deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"],
    ordinals: ["premiers?", "deuxièmes?", "troisièmes?", "quatrièmes?", "cinquièmes?", "derniers?"],
    quarter: "trimestres?",
    onWorkdays: "en semaine|les jours (?:ouvrables|ouvrés)",
    onWeekends: "les week-?ends",
    weekend: "week-?ends?",
    day: "(?:le )?",
    onDay: "le",
    ofMonth: " du mois",
    ofEveryMonth: " de chaque mois| tous les mois",
    onWeekdays: ["les ", "s?"],
    alternately: ["une? ", " sur deux"],
    article: "le",
    relative: [["apr[èe]s-demain", 2]],
    one: "une?",
    time: {
      at: "à|vers",
      // Without the word for the hour they are "à deux", which is two people.
      hours: ["une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"].map(
        (hour) => `${hour}(?= heure)`
      ),
      unit: "h|heures?",
      before: [],
      after: [
        ["et demie?", 30],
        ["et quart", 15],
        ["moins le quart", -15],
        ["moins (?:5|cinq)", -5],
        ["moins (?:10|dix)", -10],
        ["moins (?:20|vingt)", -20]
      ],
      past: "(?!)",
      to: "(?!)",
      am: "du matin",
      pm: "de l'après-midi|du soir"
    },
    partsOfDay: [
      ["à midi|(?<=(?:di|demain) )midi", 12],
      ["à minuit", 0]
    ],
    parts: [
      ["matin", 9],
      ["midi", 12],
      ["après-midi", 15],
      ["soir", 20]
    ],
    later: "après|à partir de",
    earlier: "avant",
    except: "sauf|\\d+ fois",
    until: "jusqu'au",
    after: "",
    ambiguous: "lun|mar|mer|jeu|ven|sam|dim|midi|minuit",
    before: "le|à|pour|avant|dès|jusqu'à|jusqu'au|d'ici",
    priorities: { low: "basse", medium: "moyenne", high: "haute" }
  },
  es: {
    every: "tod[oa]s l[oa]s|cada",
    other: "(?!)",
    units: { DAILY: "d[ií]as?", WEEKLY: "semanas?", MONTHLY: "mes(?:es)?", YEARLY: "años?" },
    workday: "días? laborables?|días? hábiles?",
    weekdays: [
      "lun(?:es)?",
      "mar(?:tes)?",
      "mi[eé](?:rcoles)?",
      "jue(?:ves)?",
      "vie(?:rnes)?",
      "s[aá]b(?:ados?)?",
      "dom(?:ingos?)?"
    ],
    adverbs: {
      DAILY: "(?:a )?diario|diariamente",
      WEEKLY: "semanalmente",
      MONTHLY: "mensualmente",
      YEARLY: "anualmente"
    },
    and: "y",
    ordinal: "",
    numbers: ["dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce"],
    ordinals: ["primer", "segundo", "tercer", "cuarto", "quinto", "último"],
    quarter: "trimestres?",
    onWorkdays: "entre semana|los días (?:laborables|hábiles)",
    onWeekends: "los fines de semana",
    weekend: "fin(?:es)? de semana",
    day: "(?:el |día )?",
    onDay: "el(?: día)?",
    ofMonth: "(?: de cada| del) mes",
    ofEveryMonth: " de cada mes| de todos los meses",
    onWeekdays: ["los ", ""],
    alternately: ["(?!)", ""],
    article: "día",
    relative: [
      ["pasado mañana", 2],
      ["(?:la )?próxima semana|(?:la )?semana que viene", 7]
    ],
    one: "una?",
    time: {
      at: "(?:a|sobre) las?",
      hours: ["una", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce"],
      unit: "h|horas?",
      before: [],
      after: [
        ["y media", 30],
        ["y cuarto", 15],
        ["menos cuarto", -15],
        ["menos (?:5|cinco)", -5],
        ["menos (?:10|diez)", -10],
        ["menos (?:20|veinte)", -20]
      ],
      past: "(?!)",
      to: "(?!)",
      am: "de la mañana",
      pm: "de la (?:tarde|noche)"
    },
    partsOfDay: [
      ["por la mañana", 9],
      ["por la tarde", 15],
      ["por la noche", 20]
    ],
    parts: [],
    later: "después de(?:l)?|desde",
    earlier: "antes del?",
    except: "excepto|salvo|menos|\\d+ veces",
    until: "hasta el|hasta",
    after: " que viene",
    ambiguous: "lun|mar|mie|mié|jue|vie|sab|sáb|dom|mediod[ií]a|medianoche",
    before: "el|a|al|para|antes(?: del)?|hasta|próximo",
    priorities: { low: "baja", medium: "media", high: "alta" }
  },
  pt: {
    every: "tod[oa]s? [oa]s?|a cada|cada|tod[oa]s?",
    other: "(?!)",
    units: { DAILY: "dias?", WEEKLY: "semanas?", MONTHLY: "m[eê]s(?:es)?", YEARLY: "anos?" },
    workday: "dias? úte?is|dia útil",
    weekdays: [
      "seg(?:undas?(?:-feiras?)?)?",
      "ter(?:[cç]as?(?:-feiras?)?)?",
      "qua(?:rtas?(?:-feiras?)?)?",
      "qui(?:ntas?(?:-feiras?)?)?",
      "sex(?:tas?(?:-feiras?)?)?",
      "s[aá]b(?:ados?)?",
      "dom(?:ingos?)?"
    ],
    adverbs: { DAILY: "diariamente", WEEKLY: "semanalmente", MONTHLY: "mensalmente", YEARLY: "anualmente" },
    and: "e",
    ordinal: "º?",
    numbers: ["dois|duas", "três", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez", "onze", "doze"],
    ordinals: ["primeir[oa]", "(?!)", "terceir[oa]", "(?!)", "(?!)", "últim[oa]"],
    quarter: "trimestres?",
    onWorkdays: "n?os dias úteis",
    onWeekends: "(?:nos|aos) fins de semana",
    weekend: "fi(?:m|ns) de semana",
    day: "(?:dia )?",
    onDay: "(?:no )?dia",
    ofMonth: "(?: de cada| do) mês",
    ofEveryMonth: " de (?:cada|todo) mês",
    onWeekdays: ["(?:às|aos|nas|nos) ", "(?<=s)"],
    alternately: ["(?!)", ""],
    article: "dia",
    relative: [
      ["depois de amanhã", 2],
      ["(?:na |a )?próxima semana|(?:na )?semana que vem", 7]
    ],
    within: "em|daqui a|dentro de",
    one: "uma?",
    time: {
      at: "às?|as(?= ?\\d)",
      hours: ["uma", "duas", "três", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez", "onze", "doze"],
      unit: "h|horas?",
      before: [],
      after: [
        ["e meia", 30],
        ["e quinze", 15]
      ],
      past: "(?!)",
      to: "(?!)",
      am: "da manhã",
      pm: "da (?:tarde|noite)"
    },
    partsOfDay: [
      ["(?:de|pela) manhã", 9],
      ["(?:de|pela) tarde", 15],
      ["(?:de|pela) noite", 20]
    ],
    parts: [
      ["(?:da|de|pela) manhã", 9],
      ["(?:à|da|de|pela) tarde", 15],
      ["(?:à|da|de|pela) noite", 20]
    ],
    later: "depois d[aeo]|após|a partir d[aeo]",
    earlier: "antes d[aeo]",
    except: "exceto|menos|\\d+ vezes",
    until: "até",
    after: " que vem",
    ambiguous: "segunda|terça|quarta|quinta|sexta|seg|ter|qua|qui|sex|sab|sáb|dom|meio-dia|meia-noite",
    before: "em|no|na|n?est[ae]|dia|até|para|à|ao|próxim[oa]",
    priorities: { low: "baixa", medium: "média", high: "alta" }
  },
  nl: {
    every: "elke|ieder|iedere|elk",
    other: "tweede|andere",
    units: { DAILY: "dag(?:en)?", WEEKLY: "we(?:ek|ken)", MONTHLY: "maand(?:en)?", YEARLY: "ja(?:ar|ren)" },
    workday: "werkdag(?:en)?",
    weekdays: [
      "ma(?:andag(?:en)?)?",
      "di(?:nsdag(?:en)?)?",
      "wo(?:ensdag(?:en)?)?",
      "do(?:nderdag(?:en)?)?",
      "vr(?:ijdag(?:en)?)?",
      "za(?:terdag(?:en)?)?",
      "zo(?:ndag(?:en)?)?"
    ],
    adverbs: { DAILY: "dagelijks", WEEKLY: "wekelijks", MONTHLY: "maandelijks", YEARLY: "jaarlijks" },
    and: "en",
    ordinal: "(?:ste|e|de)",
    numbers: ["twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf"],
    ordinals: ["eerste|1e", "2e", "derde|3e", "vierde|4e", "vijfde|5e", "laatste"],
    quarter: "kwarta(?:al|len)",
    onWorkdays: "op werkdagen|doordeweeks",
    onWeekends: "in de weekenden",
    weekend: "weekend(?:en)?",
    day: "(?:de )?",
    onDay: "op(?: de)?",
    ofMonth: " van de maand",
    ofEveryMonth: " van (?:elke|iedere) maand",
    onWeekdays: ["op ", "en"],
    alternately: ["om de ", ""],
    article: "de",
    relative: [["overmorgen", 2]],
    one: "een",
    time: {
      at: "om|rond",
      hours: ["één|een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf"],
      unit: "uur|u",
      before: [
        ["half", -30],
        ["kwart over", 15],
        ["kwart voor", -15]
      ],
      after: [],
      past: "over",
      to: "voor",
      am: "['’]?s (?:ochtends|morgens)",
      pm: "['’]?s (?:middags|avonds)"
    },
    partsOfDay: [
      ["in de (?:ochtend|voormiddag)", 9],
      ["in de (?:na)?middag", 15],
      ["in de avond", 20]
    ],
    parts: [
      ["ochtend", 9],
      ["(?:na)?middag", 15],
      ["avond", 20]
    ],
    later: "na|vanaf",
    earlier: "voor",
    except: "behalve|\\d+ keer",
    until: "tot(?: en met)?",
    after: " ?uur",
    ambiguous: "ma|di|wo|do|vr|za|zo",
    before: "op|om|voor|vanaf|tot|uiterlijk|komende|aanstaande",
    priorities: { low: "laag", medium: "gemiddeld", high: "hoog" }
  }
}
