import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { type Language, ParsedTask } from "../../src/domain/QuickAdd.ts"
import { parseTask } from "../../src/quick-add/QuickAdd.ts"
import { club, errand, home, now, parse, phone } from "./parse.ts"

const weekly = (days: string) => ({ rrule: `FREQ=WEEKLY;BYDAY=${days}`, anchor: "due" })
const monthly = (day: number) => ({ rrule: `FREQ=MONTHLY;BYMONTHDAY=${day}`, anchor: "due" })

describe("parseTask", () => {
  it.each<[Language, string, object]>([
    [
      "en",
      "Pay rent every 1st at 9 #home !high",
      {
        title: "Pay rent",
        due: { date: "2026-12-01", time: "09:00" },
        recurrence: monthly(1),
        priority: "high",
        project_id: home
      }
    ],
    [
      "en",
      "Read #Book club on Dec 3 @phone #errand",
      { title: "Read", due: { date: "2026-12-03" }, project_id: club, tag_ids: [phone, errand] }
    ],
    [
      "en",
      "Call Bob (@phone) (tomorrow at 5pm) (!1)",
      { title: "Call Bob", due: { date: "2026-11-28", time: "17:00" }, priority: "high", tag_ids: [phone] }
    ],
    ["en", "Call Bob !1, tomorrow.", { title: "Call Bob.", due: { date: "2026-11-28" }, priority: "high" }],
    ["en", "Call mum tomorrow at 5pm", { title: "Call mum", due: { date: "2026-11-28", time: "17:00" } }],
    [
      "en",
      "Water plants every! 3 days",
      {
        title: "Water plants",
        due: { date: "2026-11-27" },
        recurrence: { rrule: "FREQ=DAILY;INTERVAL=3", anchor: "completion" }
      }
    ],
    [
      "en",
      "Run every other week",
      { title: "Run", due: { date: "2026-11-27" }, recurrence: { rrule: "FREQ=WEEKLY;INTERVAL=2", anchor: "due" } }
    ],
    [
      "en",
      "Stand-up every weekday at 9:15",
      { title: "Stand-up", due: { date: "2026-11-30", time: "09:15" }, recurrence: weekly("MO,TU,WE,TH,FR") }
    ],
    [
      "en",
      "Swim every mon, wed and fri",
      { title: "Swim", due: { date: "2026-11-27" }, recurrence: weekly("MO,WE,FR") }
    ],
    [
      "en",
      "Submit report at 17:00 !2",
      { title: "Submit report", due: { date: "2026-11-27", time: "17:00" }, priority: "medium" }
    ],
    ["en", "Wake up at 6", { title: "Wake up", due: { date: "2026-11-28", time: "06:00" } }],
    [
      "de",
      "Miete zahlen jeden 1. um 9 !hoch",
      { title: "Miete zahlen", due: { date: "2026-12-01", time: "09:00" }, recurrence: monthly(1), priority: "high" }
    ],
    [
      "de",
      "Blumen jeden Montag und Freitag um 18 Uhr",
      { title: "Blumen", due: { date: "2026-11-27", time: "18:00" }, recurrence: weekly("MO,FR") }
    ],
    ["de", "Arzt am 3. Dezember", { title: "Arzt", due: { date: "2026-12-03" } }],
    [
      "de",
      "Gießen alle 2 Tage",
      { title: "Gießen", due: { date: "2026-11-27" }, recurrence: { rrule: "FREQ=DAILY;INTERVAL=2", anchor: "due" } }
    ],
    [
      "fr",
      "Payer le loyer tous les mois à 9h !haute",
      { title: "Payer le loyer", due: { date: "2026-11-28", time: "09:00" }, priority: "high" }
    ],
    ["fr", "Piscine chaque lundi", { title: "Piscine", due: { date: "2026-11-30" }, recurrence: weekly("MO") }],
    ["fr", "Appeler demain à 14h30", { title: "Appeler", due: { date: "2026-11-28", time: "14:30" } }],
    [
      "es",
      "Llamar mañana a las 9 !alta",
      { title: "Llamar", due: { date: "2026-11-28", time: "09:00" }, priority: "high" }
    ],
    ["es", "Nadar cada lunes", { title: "Nadar", due: { date: "2026-11-30" }, recurrence: weekly("MO") }],
    ["es", "Pagar el 3 de diciembre", { title: "Pagar", due: { date: "2026-12-03" } }],
    ["pt", "Ligar amanhã às 9 !alta", { title: "Ligar", due: { date: "2026-11-28", time: "09:00" }, priority: "high" }],
    ["pt", "Nadar toda segunda-feira", { title: "Nadar", due: { date: "2026-11-30" }, recurrence: weekly("MO") }],
    [
      "nl",
      "Huur betalen elke 1e om 9 uur !hoog",
      { title: "Huur betalen", due: { date: "2026-12-01", time: "09:00" }, recurrence: monthly(1), priority: "high" }
    ],
    [
      "nl",
      "Zwemmen elke maandag en vrijdag",
      { title: "Zwemmen", due: { date: "2026-11-27" }, recurrence: weekly("MO,FR") }
    ],
    ["nl", "Bellen morgen om 14:30", { title: "Bellen", due: { date: "2026-11-28", time: "14:30" } }]
  ])("understands in the language %s: %s", (language, text, expected) => {
    const { task } = parse(text, language)
    assert.deepInclude(task, expected)
  })

  it("names the parts of the text that it understood", () => {
    const text = "Pay rent every 1st at 9 #home !high"
    assert.deepStrictEqual(
      parse(text).spans.map(({ end, field, start }) => [field, text.slice(start, end)]),
      [
        ["recurrence", "every 1st"],
        ["due", "at 9"],
        ["project_id", "#home"],
        ["priority", "!high"]
      ]
    )
  })

  it("takes the longest name that follows a sign", () => {
    const names = {
      projects: [{ id: home, name: "C" }],
      tags: [
        { id: phone, name: "C++" },
        { id: errand, name: "C" }
      ]
    }
    const parseNames = (text: string) => {
      const { project_id, tag_ids, title } = parseTask(text, { language: "en", now, time_zone: "UTC", ...names }).task
      return { project_id, tag_ids, title }
    }
    assert.deepStrictEqual(parseNames("Fix #C++ bug"), { project_id: undefined, tag_ids: [phone], title: "Fix bug" })
    assert.deepStrictEqual(parseNames("Fix #C #c!"), { project_id: home, tag_ids: [errand], title: "Fix!" })
    assert.deepStrictEqual(parseNames("Fix (#C) @c++,@c"), { project_id: home, tag_ids: [phone, errand], title: "Fix" })
  })

  it("ends a rule after its first day", () => {
    const { due, recurrence } = parse("Run every day from tomorrow until friday").task
    assert.deepStrictEqual([due?.date, recurrence?.rrule], ["2026-11-28", "FREQ=DAILY;UNTIL=20261204"])
  })

  it.each([
    ["2026-03-29T00:30:00Z", "2026-03-29", "04:30"],
    ["2026-10-25T00:30:00Z", "2026-10-25", "03:30"]
  ])("counts hours from %s across a clock change", (from, date, time) => {
    const names = { projects: [], tags: [] }
    const context = { language: "en", now: Date.parse(from), time_zone: "Europe/Berlin", ...names } as const
    assert.deepStrictEqual(parseTask("Call in 2 hours", context).task.due, { date, time })
  })

  it("gives the same in each time zone of the process", () => {
    const zone = process.env.TZ
    const texts = ["Meet friday", "Meet friday at 9", "Meet at 12:30", "Meet today at 23:00", "Meet on 11/27"]
    const parseAll = (TZ: string | undefined) => {
      if (TZ === undefined) delete process.env.TZ
      else process.env.TZ = TZ
      return texts.map((text) => parse(text).task.due)
    }
    try {
      const expected = parseAll("UTC")
      for (const TZ of ["America/Los_Angeles", "Pacific/Kiritimati", "Asia/Kolkata"]) {
        assert.deepStrictEqual(parseAll(TZ), expected, TZ)
      }
    } finally {
      parseAll(zone)
    }
  })

  it.each<[Language, string]>([
    ["en", "Meet Friday"],
    ["en", "Meet Nov 27"],
    ["en", "Meet next week at 9"],
    ["en", "Meet in 3 days at 9"],
    ["en", "Meet a week from Monday at 9"],
    ["en", "Run every year on Nov 27"],
    ["de", "Treffen morgen früh"],
    ["de", "Treffen morgen um halb neun"],
    ["de", "Treffen diesen Freitag"],
    ["fr", "RDV le 27 novembre"],
    ["es", "Cita en 3 días a las 9"],
    ["pt", "Reunião sexta que vem às 9"],
    ["nl", "Afspraak vrijdag"]
  ])("means the same at each time of a day in the language %s: %s", (language, text) => {
    const expected = parse(text, language)
    for (const time of ["2026-11-26T23:10Z", "2026-11-27T06:00Z", "2026-11-27T13:10Z", "2026-11-27T22:50Z"]) {
      assert.deepStrictEqual(parse(text, language, "Europe/Berlin", Date.parse(time)), expected, time)
    }
  })

  it.each<[Language, string, string, string]>([
    ["en", "in a month", "2027-01-31", "2027-02-28"],
    ["en", "3 months from now", "2027-01-31", "2027-04-30"],
    ["en", "in a year", "2028-02-29", "2029-02-28"],
    ["pt", "em um mês", "2027-01-31", "2027-02-28"],
    ["nl", "over een maand", "2028-01-31", "2028-02-29"],
    ["en", "next month on the 3rd", "2027-01-31", "2027-02-03"],
    ["de", "nächsten Monat am 3.", "2027-01-31", "2027-02-03"],
    ["en", "on Feb 29", "2028-02-29", "2028-02-29"],
    ["en", "this weekend", "2026-11-29", "2026-11-29"],
    ["en", "next weekend", "2026-11-29", "2026-12-05"],
    ["de", "nächstes Wochenende", "2026-11-29", "2026-12-05"],
    ["en", "Sunday", "2026-11-29", "2026-11-29"],
    ["en", "next Sunday", "2026-11-29", "2026-12-06"]
  ])("finds in the language %s what %s is on %s: %s", (language, text, today, date) => {
    const { task } = parse(`x ${text}`, language, "UTC", Date.parse(`${today}T14:00Z`))
    assert.deepStrictEqual(task, { title: "x", due: { date } })
  })

  it("knows what day it is in the time zone of the user", () => {
    assert.deepStrictEqual(parse("Sleep today", "en", "Pacific/Kiritimati").task.due, { date: "2026-11-28" })
    assert.deepStrictEqual(parse("Sleep today", "en", "Pacific/Pago_Pago").task.due, { date: "2026-11-26" })
  })

  it("gives a date and a time around a recurrence spans of their own", () => {
    assert.deepStrictEqual(parse("Swim 1/1 every day at 9").spans, [
      { field: "due", start: 5, end: 8 },
      { field: "recurrence", start: 9, end: 18 },
      { field: "due", start: 19, end: 23 }
    ])
  })

  it("gives a date around a name spans of its own", () => {
    const { spans, task } = parse("Call tomorrow #Home at 9")
    assert.deepStrictEqual(task, {
      title: "Call",
      due: { date: "2026-11-28", time: "09:00" },
      project_id: home
    })
    assert.deepStrictEqual(spans, [
      { field: "due", start: 5, end: 13 },
      { field: "project_id", start: 14, end: 19 },
      { field: "due", start: 20, end: 24 }
    ])
  })

  it.prop(
    "gives a valid task and spans in their order for any text, the same each time",
    [Schema.String],
    ([any]) => {
      const text = `${any} every day at 9`.slice(-200)
      const parsed = parse(text)
      assert.deepStrictEqual(parse(text), parsed)
      if (parsed.task.title.trim() !== "" && text.isWellFormed() && !text.includes("\0")) {
        assert.isTrue(Schema.is(Schema.Array(Schema.Unknown))(parsed.spans))
      }
      let last = 0
      for (const { end, start } of parsed.spans) {
        assert.isTrue(last <= start && start < end && end <= text.length)
        last = end
      }
    },
    { arbitrary: { seed: 1 } }
  )

  it("has only values that a task may have", () => {
    for (const text of [
      "Pay rent every 1st at 9 #home !high",
      "Walk each 999 days",
      "Walk each 999 quarters",
      "Sit every 31st",
      "x every 0 days"
    ]) {
      assert.deepStrictEqual(Schema.decodeUnknownSync(ParsedTask)(JSON.parse(JSON.stringify(parse(text)))), parse(text))
    }
  })
})
