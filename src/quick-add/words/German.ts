import type { Words } from "../Words.ts"

export const german: Words = {
  every: "jede[nrsm]?|alle",
  other: "zweite[nrs]?",
  units: {
    DAILY: "tage?(?: der woche)?",
    WEEKLY: "wochen?",
    MONTHLY: "monate?",
    YEARLY: "jahre?",
    MONTHLY3: "quartale?|vierteljahre?",
    MONTHLY6: "(?:halbe[sn]? |halb)jahre?|semester"
  },
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
  adverbs: {
    DAILY: "täglich",
    WEEKLY: "wöchentlich",
    MONTHLY: "monatlich",
    YEARLY: "jährlich",
    WEEKLY2: "zweiwöchentlich|(?:14|vierzehn)-?tägig",
    MONTHLY2: "zweimonatlich",
    MONTHLY3: "vierteljährlich|quartalsweise|quartalsmäßig",
    MONTHLY6: "halbjährlich",
    YEARLY2: "zweijährlich"
  },
  and: "und",
  or: "oder",
  ordinal: "(?:\\.|te[nr]?)",
  numbers: "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn".split(" "),
  ordinals: ["erste[nrs]?|1\\.", "2\\.", "dritte[nrs]?|3\\.", "vierte[nrs]?|4\\.", "fünfte[nrs]?|5\\.", "letzte[nrs]?"],
  onWorkdays: "werktags|wochentags|an (?:werk|wochen)tagen|unter der woche",
  onWeekends: "an wochenenden",
  weekend: "wochenenden?",
  day: "",
  onDay: "am|zum|bis(?: zum)?",
  ofMonth: " (?:des|dieses|im) monats?",
  ofEveryMonth: " (?:jede[ns]|eines jeden) monats",
  onWeekdays: ["(?:immer )?", "s"],
  alternately: ["(?!)", ""],
  article: "de[mnr]",
  relative: [["ue?bermorgen", 2]],
  within: "in|binnen|innerhalb von",
  hours: "stunden?|std\\.?",
  minutes: "minuten?|min\\.?",
  partsOfHour: [
    ["einer halben stunde", 30],
    ["einer viertelstunde", 15],
    ["(?:anderthalb|eineinhalb) stunden", 90]
  ],
  nextMonth: "(?:des |im )?(?:nächste[nrs]?|kommende[nrs]?) monat(?:s|es)?",
  midOf: "mitte",
  endOf: "ende",
  endOfMonth: "monatsende|(?:ende|letzten tag) (?:des|dieses|diesen|vom) monats?",
  thisWeekend: "(?:am|(?:an )?diese[sm]|(?:am )?kommende[sn]) wochenende",
  nextWeekend: "(?:am )?nächste[sn] wochenende",
  one: "eine[mnr]?",
  time: {
    at: "um|gegen|ab",
    hours: ["eins?", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"],
    unit: "uhr|h",
    before: [
      ["halb", -30],
      ["viertel nach", 15],
      ["(?:viertel vor|dreiviertel)", -15],
      ["viertel", -45]
    ],
    past: "(?:minuten? )?nach",
    to: "(?:minuten? )?vor",
    plus: "(?<=uhr )(?!\\d)",
    minus: "(?!)",
    minutes: [
      ["fünfzehn", 15],
      ["zwanzig", 20],
      ["dreißig", 30],
      ["fünfundvierzig", 45]
    ],
    am: "(?:am morgen|morgens|(?:am )?vormittags?|(?:in der )?früh)",
    pm: "(?:am )?(?:nachmittags?|abends?)",
    night: "nachts"
  },
  partsOfDay: [
    ["am (?:morgen|vormittag)|(?<=(?:heute|morgen|tag) )früh|(?:morgens|vormittags|früh)(?= (?:um|gegen) \\d)", 9],
    ["am nachmittag|nachmittags(?= (?:um|gegen) \\d)", 15],
    ["am abend|abends(?= (?:um|gegen) \\d)", 20]
  ],
  parts: [
    ["morgens?|früh|vormittags?", 9],
    ["mittags?", 12],
    ["nachmittags?", 15],
    ["abends?", 20]
  ],
  everyPart: [
    ["morgen|vormittag", 9],
    ["mittag", 12],
    ["nachmittag", 15],
    ["abend|nacht", 20]
  ],
  later: "ab|nach|von",
  earlier: "vor",
  except: "außer|ausser|bis auf|\\d+ ?mal",
  until: "bis(?: zum)?",
  after: "\\.? ?(?:uhr|h)|\\.",
  ambiguous: "mo|di|mi|do|fr|sa|so|mittags?|mitternacht",
  before: "am|um|vor|nach|an|bis|zum|ab|vom|spätestens|fällig|ca\\.|circa|kommende[nr]?",
  priorities: { low: "niedrig", medium: "mittel", high: "hoch" }
}
