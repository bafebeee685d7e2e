import type { Words } from "../Words.ts"

export const spanish: Words = {
  every: "tod[oa]s l[oa]s|cada|de \\d{1,2} en",
  other: "(?!)",
  units: {
    DAILY: "d[ií]as?(?: de la semana)?",
    WEEKLY: "semanas?",
    MONTHLY: "mes(?:es)?",
    YEARLY: "años?",
    WEEKLY2: "quincenas?",
    MONTHLY2: "bimestres?",
    MONTHLY3: "trimestres?",
    MONTHLY6: "semestres?"
  },
  workday: "d[ií]as? laborables?|d[ií]as? hábil(?:es)?",
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
    YEARLY: "anualmente",
    WEEKLY2: "quincenalmente",
    MONTHLY2: "bimestralmente",
    MONTHLY3: "trimestralmente",
    MONTHLY6: "semestralmente",
    YEARLY2: "bienalmente"
  },
  and: "y",
  or: "o",
  ordinal: "º?",
  numbers: "dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince".split(" "),
  ordinals: ["primer[oa]?|1er|1º", "segundo|2º", "tercer|3er|3º", "cuarto|4º", "quinto|5º", "último"],
  onWorkdays: "entre semana|los días (?:laborables|hábiles)",
  onWeekends: "los fines de semana",
  weekend: "fin(?:es)? de semana",
  day: "(?:el |día )?",
  onDay: "el(?: d[ií]a)?|los d[ií]as",
  ofMonth: "(?: de cada| del| de este) mes",
  ofEveryMonth: " de cada mes| de todos los meses",
  onWeekdays: ["los ", ""],
  alternately: ["(?!)", ""],
  article: "día",
  relative: [
    ["pasado mañana", 2],
    ["(?:la )?próxima semana|(?:la )?semana que viene", 7]
  ],
  within: "en|dentro de",
  hours: "horas?|hs?",
  minutes: "min(?:uto)?s?",
  partsOfHour: [
    ["media hora", 30],
    ["un cuarto de hora", 15],
    ["una hora y media", 90]
  ],
  one: "una?",
  nextMonth: "(?:del? |el )?(?:próximo mes|mes (?:que viene|próximo))",
  midOf: "mediados de",
  endOf: "fin(?:al(?:es)?|es)? de",
  endOfMonth: "(?:fin(?:al(?:es)?|es)?|último d[ií]a) de(?:l| este)? mes",
  thisWeekend: "este fin de semana",
  nextWeekend: "próximo fin de semana|fin de semana que viene",
  time: {
    at: "(?:a(?: eso de)?|sobre) las?",
    hours: ["una", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce"],
    unit: "hs?|hrs|horas?",
    before: [["(?:un )?cuarto para las?", -15]],
    past: "(?!)",
    to: "para las?",
    plus: "y (?!\\d)",
    minus: "menos",
    minutes: [
      ["veinticinco", 25],
      ["veinte", 20],
      ["cuarto|quince", 15],
      ["media|treinta", 30]
    ],
    am: "de la (?:mañana|madrugada)|a\\. ?m\\.",
    pm: "de la tarde|del mediodía|p\\. ?m\\.",
    night: "de la noche"
  },
  partsOfDay: [
    ["por la mañana", 9],
    ["por la tarde", 15],
    ["por la noche", 20]
  ],
  parts: [],
  everyPart: [
    ["mañanas?", 9],
    ["tardes?", 15],
    ["noches?", 20]
  ],
  later: "después de(?:l)?|a partir del?|desde",
  earlier: "antes del?",
  except: "excepto|salvo|menos|\\d+ veces",
  until: "hasta el|hasta",
  after: " (?:que viene|próximo)",
  ambiguous: "lun|mar|mie|mié|jue|vie|sab|sáb|dom|mediod[ií]a|medianoche",
  before: "el|a(?: la)?|a partir del?|después del?|desde|al|para|antes(?: del?)?|hacia|hasta|próximo",
  priorities: { low: "baja", medium: "media", high: "alta" }
}
