import type { Words } from "../Words.ts"

export const english: Words = {
  every: "every(?: single)?|each|ev",
  other: "other|second",
  units: {
    DAILY: "days?(?: of the (?:week|year))?",
    WEEKLY: "weeks?",
    MONTHLY: "months?",
    YEARLY: "years?",
    WEEKLY2: "fortnights?",
    MONTHLY3: "quarters?",
    MONTHLY6: "(?:half[- ]years?|semesters?)"
  },
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
  adverbs: {
    DAILY: "daily|everyday",
    WEEKLY: "weekly",
    MONTHLY: "monthly",
    YEARLY: "yearly|annually",
    WEEKLY2: "bi-?weekly|fortnightly",
    MONTHLY2: "bi-?monthly",
    MONTHLY3: "quarterly",
    MONTHLY6: "(?:semi|bi)-?annually|half-yearly",
    YEARLY2: "biennially"
  },
  and: "and",
  or: "or",
  ordinal: "(?:st|nd|rd|th)",
  numbers: "two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen".split(" "),
  ordinals: ["first|1st", "2nd", "third|3rd", "fourth|4th", "fifth|5th", "last"],
  onWorkdays: "on (?:weekdays|workdays|business days)|(?<!\\d )weekdays(?= at )",
  onWeekends: "on (?:the )?weekends",
  weekend: "weekends?",
  day: "(?:the )?",
  onDay: "(?:on|by)(?: the)?|the(?= \\d{1,2}(?:st|nd|rd|th) (?:at \\d|of next month)|first of next month)",
  ofMonth: " of (?:the|this|each|every) month",
  ofEveryMonth: " of (?:every|each) month",
  onWeekdays: ["(?:on |(?=(?:\\p{L}+days,?(?: and| &)? )+at ))", "s"],
  alternately: ["every alternate ", "s?"],
  article: "the",
  relative: [
    ["(?:the |(?<!\\d ))day after tomorrow", 2],
    ["in a fortnight", 14]
  ],
  within: "in",
  hours: "hours?|hrs?|h",
  minutes: "min(?:ute)?s?",
  partsOfHour: [
    ["half an hour", 30],
    ["a quarter (?:of an )?hour", 15],
    ["(?:an|one) hour and a half|(?:one|1) and a half hours", 90]
  ],
  one: "an?|one",
  nextMonth: "(?:of )?next month",
  midOf: "(?:in )?(?:the )?mid(?:dle of)?",
  endOf: "(?:the )?end of",
  endOfMonth: "(?:the )?(?:end of (?:(?:the|this) )?|last day of (?:the|this) )month",
  thisWeekend: "(?:this|on the) weekend",
  nextWeekend: "next weekend",
  time: {
    at: "at",
    hours: ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve|noon"],
    unit: "o['’]?clock",
    before: [
      ["half past", 30],
      ["(?:a )?quarter (?:past|after)", 15],
      ["(?:a )?quarter (?:to|till|before|of)", -15]
    ],
    past: "(?:min(?:ute)?s? )?(?:past|after)",
    // "At 8 to 10" has two hours.
    to: "(?:min(?:ute)?s? |(?<=[05\\p{L}] ))(?:to|till|before)",
    plus: "(?!)",
    minus: "(?!)",
    minutes: [
      ["twenty[- ]five", 25],
      ["twenty", 20]
    ],
    am: "in the morning|a\\.?m\\.?",
    pm: "in the (?:afternoon|evening)|p\\.?m\\.?",
    night: "at night|midnight"
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
  everyPart: [
    ["mornings?", 9],
    ["afternoons?", 15],
    ["evenings?|nights?", 20]
  ],
  later: "from|after",
  earlier: "before",
  except: "except|excluding|but|\\d+ times",
  until: "(?:until|till?|ending|through|thru)(?: on)?",
  after: " noon|['’] time",
  ambiguous: "mon|sun|sat|wed|noon|midnight|weekend|weekday",
  before:
    "(?:this )?(?:up)?coming|on|at|by|due|from|starting|beginning|later|(?:the )?end of(?! every| each)|before|after|until|till?|around|through|over",
  priorities: { low: "low", medium: "medium", high: "high" }
}
