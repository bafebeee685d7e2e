import type { Words } from "../Words.ts"

export const portuguese: Words = {
  every: "tod[oa]s? [oa]s?|a cada|cada|tod[oa]s?|de \\d{1,2} em",
  other: "(?!)",
  units: {
    DAILY: "dias?(?: da semana)?",
    WEEKLY: "semanas?",
    MONTHLY: "m[eê]s(?:es)?",
    YEARLY: "anos?",
    WEEKLY2: "quinzenas?",
    MONTHLY2: "bimestres?",
    MONTHLY3: "trimestres?",
    MONTHLY6: "semestres?"
  },
  workday: "dias? [úu]te?is|dia [úu]til",
  weekdays: [
    "seg(?:undas?(?:[- ]feiras?)?)?",
    "ter(?:[cç]as?(?:[- ]feiras?)?)?",
    "qua(?:rtas?(?:[- ]feiras?)?)?",
    "qui(?:ntas?(?:[- ]feiras?)?)?",
    "sex(?:tas?(?:[- ]feiras?)?)?",
    "s[aá]b(?:ados?)?",
    "dom(?:ingos?)?"
  ],
  adverbs: {
    DAILY: "diariamente",
    WEEKLY: "semanalmente",
    MONTHLY: "mensalmente",
    YEARLY: "anualmente",
    WEEKLY2: "quinzenalmente",
    MONTHLY2: "bimestralmente",
    MONTHLY3: "trimestralmente",
    MONTHLY6: "semestralmente",
    YEARLY2: "bienalmente"
  },
  and: "e",
  or: "ou",
  ordinal: "[ºo]?",
  numbers: "dois|duas três quatro cinco seis sete oito nove dez onze doze treze catorze quinze".split(" "),
  // The feminine ones are weekdays, too.
  ordinals: [
    "primeir[oa]|1[ºoªa]",
    "segundo|2[ºoªa]",
    "terceir[oa]|3[ºoªa]",
    "quarto|4[ºoªa]",
    "quinto|5[ºoªa]",
    "últim[oa]"
  ],
  onWorkdays: "n?os dias úteis",
  onWeekends: "(?:nos|aos) fins de semana",
  weekend: "fi(?:m|ns) de semana",
  day: "(?:dia )?",
  onDay: "(?:no )?dia|nos dias",
  ofMonth: "(?: de cada| do| deste) m[eê]s",
  ofEveryMonth: " de (?:cada|todo) m[eê]s",
  onWeekdays: ["(?:[aà]s|aos|nas|nos) ", "(?<=s)"],
  alternately: ["(?!)", ""],
  article: "dia",
  relative: [
    ["depois de amanhã", 2],
    ["(?:na |a )?próxima semana|(?:na )?semana que vem", 7]
  ],
  within: "em|daqui(?: a)?|dentro de",
  hours: "horas?|hs?",
  minutes: "min(?:uto)?s?",
  partsOfHour: [
    ["meia hora", 30],
    ["um quarto de hora", 15],
    ["uma hora e meia", 90]
  ],
  nextMonth: "(?:do |no )?(?:próximo mês|m[eê]s que vem|próximo mes)",
  midOf: "meados de",
  endOf: "(?:o )?(?:fim|final) de",
  endOfMonth: "(?:o )?(?:fim|final|último dia) d(?:o|este) m[eê]s",
  thisWeekend: "n?este (?:fim|final) de semana",
  nextWeekend: "próximo (?:fim|final) de semana|(?:fim|final) de semana que vem",
  one: "uma?",
  time: {
    at: "às?|ao(?= meio)|as(?= ?\\d| \\p{L}+ d[ao] )",
    hours: ["uma", "duas", "três", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez", "onze", "doze|meio-dia"],
    unit: "hs?|hrs|horas?",
    before: [],
    past: "(?!)",
    to: "para as?",
    plus: "e (?!\\d)",
    minus: "menos",
    minutes: [
      ["vinte e cinco", 25],
      ["vinte", 20],
      ["quinze|um quarto", 15],
      ["meia|trinta", 30]
    ],
    am: "da (?:manhã|madrugada)",
    pm: "da tarde",
    night: "da noite"
  },
  partsOfDay: [
    ["(?:de|pela) manhã", 9],
    ["(?:de|pela) tarde", 15],
    ["(?:de|pela) noite", 20]
  ],
  parts: [
    ["(?:da|de|pela) manhã", 9],
    ["(?:[àa]|da|de|pela) tarde", 15],
    ["(?:[àa]|da|de|pela) noite", 20]
  ],
  everyPart: [
    ["manhãs?", 9],
    ["tardes?", 15],
    ["noites?", 20]
  ],
  later: "depois d[aeo]|após|a partir d[aeo]",
  earlier: "antes d[aeo]",
  except: "exceto|menos|\\d+ vezes",
  until: "at[eé]",
  after: " que vem",
  ambiguous: "segunda|terça|quarta|quinta|sexta|seg|ter|qua|qui|sex|sab|sáb|dom|meio-dia|meia-noite",
  before:
    "a partir d[aeo]|(?:antes|depois)(?: d[aeo])?|o|por volta|desde|em|no|na|n?est[ae]|dia|at[eé]|para|à|ao|próxim[oa]",
  priorities: { low: "baixa", medium: "média", high: "alta" }
}
