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
  or: "of",
  ordinal: "(?:ste|e|de)",
  numbers: "twee drie vier vijf zes zeven acht negen tien elf twaalf dertien veertien".split(" "),
  ordinals: ["eerste|1e", "2e", "derde|3e", "vierde|4e", "vijfde|5e", "laatste"],
  onWorkdays: "op werkdagen|doordeweeks",
  onWeekends: "in de weekenden",
  weekend: "weekend(?:en)?",
  day: "(?:de )?",
  onDay: "op(?: de)?",
  ofMonth: " van de(?:ze)? maand",
  ofEveryMonth: " van (?:elke|iedere) maand",
  onWeekdays: ["(?:op |['’]s )?", "(?:en|s)"],
  alternately: ["om de ", ""],
  article: "de",
  relative: [["overmorgen", 2]],
  within: "over|in|binnen",
  hours: "u(?:ur|ren)?",
  minutes: "min(?:uut|uten)?",
  partsOfHour: [
    ["een half uur", 30],
    ["een kwartier", 15],
    ["anderhalf uur", 90]
  ],
  nextMonth: "(?:van )?(?:volgende|komende) maand",
  midOf: "(?:half|midden)",
  endOf: "(?:het )?einde?(?: van)?",
  endOfMonth: "(?:het )?(?:einde?|laatste dag) (?:van )?(?:de|deze) maand",
  thisWeekend: "(?:dit|in het|(?:het )?komende?) weekend",
  nextWeekend: "(?:het )?volgende? weekend",
  one: "een",
  time: {
    at: "om|rond",
    hours: ["één|een", "twee", "drie", "vier", "vijf", "zes", "zeven", "acht", "negen", "tien", "elf", "twaalf"],
    unit: "uur|u|h",
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
    am: "['’]?s (?:ochtends|morgens)|in de (?:ochtend|morgen|voormiddag)",
    pm: "['’]?s (?:middags|avonds)|in de (?:(?:na)?middag|avond)",
    night: "['’]?s nachts"
  },
  partsOfDay: [
    ["in de (?:ochtend|morgen|voormiddag)|['’]s (?:ochtends|morgens)", 9],
    ["(?:in de |['’]s )(?:na)?middags?", 15],
    ["in de avond|['’]s avonds", 20]
  ],
  parts: [
    ["ochtend|morgen", 9],
    ["(?:na)?middag", 15],
    ["avond", 20]
  ],
  everyPart: [
    ["ochtend|morgen", 9],
    ["(?:na)?middag", 15],
    ["avond|nacht", 20]
  ],
  later: "na|vanaf",
  earlier: "voor",
  except: "behalve|\\d+ keer",
  until: "tot(?: en met)?|t/m",
  after: " ?uur",
  ambiguous: "ma|di|wo|do|vr|za|zo|zon",
  before: "a\\.s\\.|aan|op|om|v[oó]{2}r|vanaf|tot|uiterlijk|(?:aan)?komende|tegen|aanstaande",
  priorities: { low: "laag", medium: "gemiddeld", high: "hoog" }
}
