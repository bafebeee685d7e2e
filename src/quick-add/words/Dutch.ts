import type { Words } from "../Words.ts"

export const dutch: Words = {
  every: "elke|ieder|iedere|elk|om de(?= (?:andere|\\d|twee|drie|vier|zes) ?)",
  other: "tweede|andere",
  units: {
    DAILY: "dag(?:en)?(?: van de week)?",
    WEEKLY: "we(?:ek|ken)",
    MONTHLY: "maand(?:en)?",
    YEARLY: "ja(?:ar|ren)",
    MONTHLY3: "kwarta(?:al|len)",
    MONTHLY6: "(?:half|halve) ja(?:ar|ren)"
  },
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
  adverbs: {
    DAILY: "dagelijks",
    WEEKLY: "wekelijks",
    MONTHLY: "maandelijks",
    YEARLY: "jaarlijks",
    WEEKLY2: "tweewekelijks",
    MONTHLY2: "tweemaandelijks",
    MONTHLY3: "driemaandelijks|per kwartaal",
    MONTHLY6: "halfjaarlijks",
    YEARLY2: "tweejaarlijks"
  },
  and: "en",
  ordinal: "(?:ste|e|de)",
  numbers: ["twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf"],
  ordinals: ["eerste|1e", "2e", "derde|3e", "vierde|4e", "vijfde|5e", "laatste"],
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
    past: "(?:minu(?:ut|ten) )?over",
    to: "(?:minu(?:ut|ten) )?voor",
    plus: "(?!)",
    minus: "(?!)",
    minutes: [["twintig", 20]],
    am: "['’]?s (?:ochtends|morgens)|in de (?:ochtend|voormiddag)",
    pm: "['’]?s (?:middags|avonds)|in de (?:(?:na)?middag|avond)",
    night: "['’]?s nachts"
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
  before: "op|om|voor|vanaf|tot|uiterlijk|(?:aan)?komende|tegen|aanstaande",
  priorities: { low: "laag", medium: "gemiddeld", high: "hoog" }
}
