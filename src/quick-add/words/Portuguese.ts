import type { Words } from "../Words.ts"

export const portuguese: Words = {
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
}
