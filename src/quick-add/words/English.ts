import type { Words } from "../Words.ts"

export const english: Words = {
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
}
