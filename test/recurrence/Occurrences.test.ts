import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { RRuleTemporal } from "rrule-temporal"
import { Temporal } from "temporal-polyfill"
import type { Due } from "../../src/domain/Due.ts"
import { instantOf, localTimestamp } from "../../src/domain/DueTime.ts"
import { type Recurrence, RecurrenceInput } from "../../src/domain/Recurrence.ts"
import { nextDate, nextOccurrence, preview } from "../../src/recurrence/Occurrences.ts"
import { byTier } from "../support/Tier.ts"

const isRule = (rrule: string) => Schema.is(RecurrenceInput)({ rrule, anchor: "due" })

/** Completes every occurrence in its turn, as a client does. */
const complete = (due: Due, recurrence: Recurrence, times: number) => {
  const dates = [due.date]
  for (let n = 1; n < times; n++) {
    const next = nextOccurrence(due, recurrence, due.date)
    if (next === undefined) break
    due = next.due
    recurrence = next.recurrence
    dates.push(due.date)
  }
  return { dates, due }
}

const rules = [
  "FREQ=DAILY",
  "FREQ=DAILY;INTERVAL=3",
  "FREQ=DAILY;BYMONTH=1",
  "FREQ=DAILY;BYMONTHDAY=31,-1",
  "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
  "FREQ=WEEKLY",
  "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,SU",
  "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE,SU;WKST=SU",
  "FREQ=WEEKLY;BYMONTH=2",
  "FREQ=MONTHLY",
  "FREQ=MONTHLY;INTERVAL=2",
  "FREQ=MONTHLY;BYMONTHDAY=31",
  "FREQ=MONTHLY;BYMONTHDAY=-1",
  "FREQ=MONTHLY;BYDAY=1MO,-1FR",
  "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=1,-1",
  "FREQ=MONTHLY;BYMONTHDAY=13;BYDAY=FR",
  "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=29",
  "FREQ=YEARLY",
  "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29",
  "FREQ=YEARLY;BYDAY=20MO",
  "FREQ=YEARLY;BYWEEKNO=53;BYDAY=MO",
  "FREQ=YEARLY;BYYEARDAY=366,-366",
  "FREQ=YEARLY;INTERVAL=2;BYMONTH=3,10;BYDAY=-1SU"
]

// Month ends, leap days, days of clock changes, ends of years.
const starts = ["2024-02-29", "2026-01-31", "2026-03-29", "2026-10-25", "2026-12-31", "2027-01-01", "2028-02-28"]

describe("nextOccurrence", () => {
  it.each(rules)("gives the days of the whole rule %s, each once, when one is completed after the other", (rrule) => {
    assert.isTrue(isRule(rrule))
    const times = byTier(12, 60)
    for (const date of starts) {
      const { dates } = complete({ date }, { rrule, anchor: "due" }, times)
      const whole = new RRuleTemporal({
        rruleString: `DTSTART:${date.replaceAll("-", "")}T000000Z\nRRULE:${rrule};COUNT=${times + 1}`,
        maxIterations: 100_000
      })
      const expected = whole.all().map((day) => day.toString().slice(0, 10))
      // The first is the given one, whether the rule has it or not.
      const from = expected[0] === date ? expected : [date, ...expected]
      assert.deepStrictEqual(dates, from.slice(0, times), date)
      assert.strictEqual(new Set(dates).size, dates.length)
    }
  })

  it("shows the same on the clock of its time zone on every day of ten years, across all clock changes", () => {
    for (const time_zone of [
      "Europe/Berlin",
      "America/New_York",
      "Australia/Lord_Howe",
      "Africa/Casablanca",
      "Asia/Tehran"
    ]) {
      for (const time of ["02:30", "01:45", "09:00"]) {
        let due: Due = { date: "2020-01-01", time, time_zone }
        let last = ""
        for (let n = 0; n < byTier(400, 3650); n++) {
          const next: { readonly due: Due } | undefined = nextOccurrence(
            due,
            { rrule: "FREQ=DAILY", anchor: "due" },
            due.date
          )
          assert(next !== undefined)
          assert.strictEqual(next.due.time, time)
          assert.strictEqual(next.due.date, Temporal.PlainDate.from(due.date).add({ days: 1 }).toString())
          due = next.due
          const instant = instantOf(due) ?? ""
          assert.isTrue(instant > last)
          last = instant
          const moment = Temporal.PlainDateTime.from(localTimestamp(due).slice(0, -1)).toZonedDateTime(time_zone)
          assert.strictEqual(Date.parse(instant), moment.epochMilliseconds)
        }
      }
    }
  })

  it("follows the day of the completion, with the time of the due date", () => {
    const next = nextOccurrence(
      { date: "2026-11-01", time: "09:00" },
      { rrule: "FREQ=DAILY;INTERVAL=3", anchor: "completion" },
      "2026-11-27"
    )
    assert.deepStrictEqual(next?.due, { date: "2026-11-30", time: "09:00" })
    assert.deepStrictEqual(nextOccurrence(null, { rrule: "FREQ=WEEKLY;BYDAY=MO", anchor: "due" }, "2026-11-27")?.due, {
      date: "2026-11-30"
    })
  })

  it.each([
    ["FREQ=MONTHLY;INTERVAL=3", "2026-11-01", "2026-11-29", "2027-02-28"],
    ["FREQ=MONTHLY;INTERVAL=3", "2027-11-01", "2027-11-30", "2028-02-29"],
    ["FREQ=MONTHLY", "2026-08-29", "2026-08-31", "2026-09-30"],
    ["FREQ=MONTHLY", "2026-08-29", "2026-09-10", "2026-10-10"],
    ["FREQ=YEARLY", "2028-02-01", "2028-02-29", "2029-02-28"],
    ["FREQ=WEEKLY;BYDAY=MO", "2026-11-30", "2026-11-27", "2026-12-07"],
    ["FREQ=WEEKLY;BYDAY=MO", "2026-11-23", "2026-11-27", "2026-11-30"],
    ["FREQ=MONTHLY;BYMONTHDAY=-1", "2026-07-31", "2026-07-30", "2026-08-31"],
    ["FREQ=DAILY;INTERVAL=3", "2026-12-10", "2026-11-27", "2026-11-30"],
    ["FREQ=WEEKLY;INTERVAL=3;BYDAY=SA", "2024-04-20", "2024-05-28", "2024-06-22"],
    ["FREQ=WEEKLY;INTERVAL=3;BYDAY=SA", "2024-06-01", "2024-05-28", "2024-06-22"],
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH", "2026-11-23", "2026-11-24", "2026-11-26"],
    ["FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=15", "2026-08-15", "2026-11-10", "2027-02-15"],
    ["FREQ=MONTHLY;INTERVAL=2;BYDAY=-1FR", "2026-08-28", "2026-11-10", "2027-01-29"],
    ["FREQ=YEARLY", "9999-01-01", "9999-01-01", undefined]
  ])("after the completion of %s, due on %s and completed on %s, is %s", (rrule, date, completedOn, expected) => {
    assert.strictEqual(nextOccurrence({ date }, { rrule, anchor: "completion" }, completedOn)?.due.date, expected)
  })

  it("counts down, and ends after the last one", () => {
    const { dates } = complete({ date: "2026-01-31" }, { rrule: "COUNT=3;FREQ=MONTHLY", anchor: "due" }, 10)
    assert.deepStrictEqual(dates, ["2026-01-31", "2026-03-31", "2026-05-31"])
    assert.deepStrictEqual(
      nextOccurrence({ date: "2026-01-31" }, { rrule: "COUNT=3;FREQ=MONTHLY", anchor: "due" }, "2026-01-31")
        ?.recurrence,
      { rrule: "COUNT=2;FREQ=MONTHLY", anchor: "due" }
    )
  })

  it.each([
    ["20260331", { date: "2026-01-31" }, "2026-03-31"],
    ["20260331", { date: "2026-01-31", time: "23:59" }, "2026-03-31"],
    ["20260330", { date: "2026-01-31" }, "2026-01-31"],
    ["20260331T090000", { date: "2026-01-31", time: "09:00" }, "2026-03-31"],
    ["20260331T085959", { date: "2026-01-31", time: "09:00" }, "2026-01-31"],
    ["20260331T070000Z", { date: "2026-01-31", time: "09:00", time_zone: "Europe/Berlin" }, "2026-03-31"],
    ["20260331T065959Z", { date: "2026-01-31", time: "09:00", time_zone: "Europe/Berlin" }, "2026-01-31"]
  ])("ends with UNTIL=%s for the due date %j on %s", (until, due, last) => {
    assert.strictEqual(complete(due, { rrule: `FREQ=MONTHLY;UNTIL=${until}`, anchor: "due" }, 10).dates.at(-1), last)
  })

  it("ends with the year 9999", () => {
    assert.isUndefined(nextOccurrence({ date: "9999-12-31" }, { rrule: "FREQ=DAILY", anchor: "due" }, "9999-12-31"))
  })
})

describe("nextDate", () => {
  it.each([
    "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
    "FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31",
    "FREQ=DAILY;INTERVAL=2;BYDAY=MO;BYMONTH=2;BYMONTHDAY=30",
    `FREQ=YEARLY;BYMONTHDAY=13;BYDAY=FR;BYMONTH=1;BYSETPOS=366`,
    `FREQ=YEARLY;BYMONTH=4,6,9,11;BYMONTHDAY=31;BYSETPOS=${Array.from({ length: 40 }, (_, n) => n + 1)}`
  ])("gives up on %s, which has no day", (rrule) => {
    assert.isTrue(isRule(rrule))
    assert.isUndefined(nextDate(rrule, "2026-01-01"))
  })
})

describe("RecurrenceInput", () => {
  it.each([
    "",
    "DAILY",
    "FREQ=HOURLY",
    "FREQ=MINUTELY;INTERVAL=1",
    "FREQ=DAILY;FREQ=DAILY",
    "FREQ=DAILY;BYHOUR=9",
    "FREQ=DAILY;INTERVAL=0",
    "FREQ=DAILY;INTERVAL=1000",
    "FREQ=DAILY;COUNT=0",
    "FREQ=DAILY;COUNT=-1",
    "FREQ=DAILY;UNTIL=2026-01-01",
    "FREQ=DAILY;UNTIL=20260230",
    "FREQ=DAILY;UNTIL=20260230T090000Z",
    "FREQ=DAILY;BYDAY=1MO",
    "FREQ=WEEKLY;BYMONTHDAY=1",
    "FREQ=WEEKLY;BYDAY=MO;BYSETPOS=5",
    "FREQ=MONTHLY;BYMONTHDAY=32",
    "FREQ=MONTHLY;BYMONTHDAY=0",
    "FREQ=MONTHLY;BYDAY=",
    "FREQ=YEARLY;BYMONTH=13",
    "INTERVAL=2",
    "RRULE:FREQ=DAILY",
    "FREQ=DAILY\nDTSTART:20260101",
    "DTSTART:20260101T000000Z\nRRULE:FREQ=DAILY",
    "FREQ=DAILY;EXDATE=20260102",
    "freq=daily",
    "FREQ=WEEKLY;BYDAY=mo",
    "FREQ=SECONDLY",
    " FREQ=DAILY",
    "FREQ=WEEKLY;",
    "FREQ=DAILY;COUNT=3;UNTIL=20261231",
    "FREQ=MONTHLY;BYSETPOS=1",
    "FREQ=YEARLY;BYDAY=53MO",
    "FREQ=YEARLY;BYDAY=2WE,TH",
    "FREQ=YEARLY;BYMONTHDAY=1;BYDAY=2MO",
    "FREQ=YEARLY;BYYEARDAY=365;BYDAY=MO",
    "FREQ=YEARLY;BYYEARDAY=365;BYMONTHDAY=31",
    "FREQ=YEARLY;BYWEEKNO=20;BYMONTHDAY=15",
    "FREQ=YEARLY;BYWEEKNO=20;BYDAY=1MO",
    "x".repeat(10_000),
    "FREQ=DAILY;X=1",
    "FREQ=DAILY;toString=1",
    `FREQ=MONTHLY;BYMONTHDAY=${"1,".repeat(200)}1`
  ])("refuses %j", (rrule) => {
    assert.isFalse(isRule(rrule))
  })
})

describe("nextDate", () => {
  it.each([
    ["FREQ=MONTHLY;BYMONTHDAY=31", "2026-01-31", "2026-03-31"],
    ["FREQ=MONTHLY", "2026-01-31", "2026-03-31"],
    ["FREQ=MONTHLY;BYDAY=5MO", "2026-01-01", "2026-03-30"],
    ["FREQ=MONTHLY;BYDAY=MO,3TH", "2026-01-12", "2026-01-15"],
    ["FREQ=YEARLY;BYMONTH=4,10;BYDAY=3WE,TH", "2029-06-01", "2029-10-04"],
    ["FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29", "2026-01-01", "2028-02-29"],
    ["FREQ=YEARLY", "2028-02-29", "2032-02-29"],
    ["FREQ=MONTHLY;BYMONTHDAY=-1", "2028-01-31", "2028-02-29"],
    ["FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", "2026-01-30", "2026-02-27"],
    ["FREQ=DAILY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=29", "2024-02-29", "2032-02-29"],
    ["FREQ=DAILY;INTERVAL=12;BYMONTH=12;BYMONTHDAY=-31,7", "2036-12-07", "2043-12-07"],
    ["FREQ=DAILY;INTERVAL=3;BYMONTHDAY=15;BYDAY=MO", "2024-07-15", "2027-02-15"],
    ["FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=SU", "2088-02-29", "2128-02-29"],
    ["FREQ=DAILY;BYMONTHDAY=-1", "0001-01-31", "0001-02-28"],
    ["FREQ=YEARLY;BYMONTHDAY=13;BYDAY=FR", "2026-11-27", "2027-08-13"],
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=SU;WKST=MO", "2026-11-29", "2026-12-13"],
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU;WKST=SU", "2026-11-29", "2026-12-01"],
    ["FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,TU;WKST=MO", "2026-11-29", "2026-12-08"]
  ])("of %s after %s is %s", (rrule, date, expected) => {
    assert.strictEqual(nextDate(rrule, date), expected)
  })
})

describe("preview", () => {
  it("has the given occurrence and those that follow, and says whether there are more", () => {
    assert.deepStrictEqual(
      preview({
        rrule: "FREQ=DAILY",
        due: { date: "2026-03-28", time: "02:30", time_zone: "Europe/Berlin" },
        limit: 3
      }),
      {
        occurrences: [
          {
            due: { date: "2026-03-28", time: "02:30", time_zone: "Europe/Berlin" },
            due_at: "2026-03-28T01:30:00.000Z"
          },
          {
            due: { date: "2026-03-29", time: "02:30", time_zone: "Europe/Berlin" },
            due_at: "2026-03-29T01:30:00.000Z"
          },
          { due: { date: "2026-03-30", time: "02:30", time_zone: "Europe/Berlin" }, due_at: "2026-03-30T00:30:00.000Z" }
        ],
        has_more: true
      }
    )
    const { has_more, occurrences } = preview({ rrule: "FREQ=DAILY;COUNT=2", due: { date: "2026-12-01" } })
    assert.deepStrictEqual([has_more, occurrences.map(({ due }) => due.date)], [false, ["2026-12-01", "2026-12-02"]])
  })
})
