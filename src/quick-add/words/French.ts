import type { Words } from "../Words.ts"

// Without the word for the hour they are "à deux", which is two people.
const hours = ["une", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze"]

const nth = (number: string) => `(?:${number})(?:i?[eè]mes?|e)`

export const french: Words = {
  every: "tou(?:s|tes) les|chaque",
  other: "(?!)",
  units: {
    DAILY: "jours?(?: de la semaine)?",
    WEEKLY: "semaines?",
    MONTHLY: "mois",
    YEARLY: "ans?|années?",
    MONTHLY3: "trimestres?",
    MONTHLY6: "semestres?"
  },
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
  adverbs: {
    DAILY: "quotidiennement",
    WEEKLY: "hebdomadairement",
    MONTHLY: "mensuellement",
    YEARLY: "annuellement",
    MONTHLY2: "bimestriellement",
    MONTHLY3: "trimestriellement",
    MONTHLY6: "semestriellement"
  },
  and: "et",
  or: "ou",
  ordinal: "(?:er)?",
  numbers: [...hours.slice(1), "treize", "quatorze", "quinze"],
  ordinals: ["premiers?|1ers?", ...["deux|2", "trois|3", "quatr|4", "cinqu|5"].map(nth), "derniers?"],
  onWorkdays: "en semaine|les jours (?:ouvrables|ouvrés)",
  onWeekends: "les week-?ends",
  weekend: "week-?ends?",
  day: "(?:le )?",
  onDay: "le",
  ofMonth: " (?:du|de ce) mois",
  ofEveryMonth: " de chaque mois| tous les mois",
  onWeekdays: ["les ", "s?"],
  alternately: ["une? ", " sur deux"],
  article: "le",
  relative: Object.entries({ "apr[èe]s[- ]demain": 2, aujourdhui: 0 }),
  within: "dans|d'ici",
  hours: "heures?|h",
  minutes: "min(?:ute)?s?",
  partsOfHour: [
    ["une demi-heure", 30],
    ["un quart d'heure", 15],
    ["une heure et demie", 90],
    ["une heure et quart", 75]
  ],
  one: "une?",
  nextMonth: "(?:du |le )?mois prochain",
  midOf: "(?:la )?mi",
  endOf: "(?:la )?fin(?: d[eu])?",
  endOfMonth: "(?:(?:la )?fin|dernier jour) (?:du|de ce) mois",
  thisWeekend: "ce week-?end",
  nextWeekend: "week-?end prochain",
  time: {
    at: `(?:(?:jusqu')?à|a(?= ?\\d{1,2} ?h| midi| minuit)|vers|[aà] partir de|dès)(?! (?:${hours.join("|")})(?! heure|\\p{L}))`,
    hours: [...hours.slice(0, -1), "douze|midi"],
    unit: "h|heures?",
    before: [],
    past: "(?!)",
    to: "(?!)",
    plus: "et |(?<=(?:h|heures?) )(?!\\d)",
    minus: "moins",
    minutes: [
      ["vingt-cinq", 25],
      ["vingt", 20],
      ["(?:le )?quart|quinze", 15],
      ["demie?|trente", 30],
      ["quarante-cinq", 45]
    ],
    am: "du mat(?:in)?",
    pm: "de l'après-midi|du soir",
    night: "(?!)"
  },
  partsOfDay: [
    ["[aà] midi|(?<=(?:di|demain) )midi", 12],
    ["dans la matinée", 9],
    ["dans l'après-midi", 15],
    ["dans la soirée", 20]
  ],
  parts: [
    ["matin", 9],
    ["midi", 12],
    ["après-midi", 15],
    ["soir", 20]
  ],
  everyPart: [
    ["matin(?:ée)?s?", 9],
    ["midis?", 12],
    ["après-midis?", 15],
    ["soir(?:ée)?s?|nuits?", 20]
  ],
  later: "après|[aà] partir d[eu]",
  earlier: "avant",
  except: "sauf|\\d+ fois",
  until: "jusqu'(?:au|[aà])",
  after: "",
  ambiguous: "lun|mar|mer|jeu|ven|sam|dim|midi|minuit",
  before: "le|après|[aà] (?:partir|compter) d[eu]|à|pour|avant|dès|jusqu'[aà]|jusqu'au|d'ici",
  priorities: { low: "basse", medium: "moyenne", high: "haute" }
}
