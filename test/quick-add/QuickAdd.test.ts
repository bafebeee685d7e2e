import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { ProjectId } from "../../src/domain/Project.ts"
import { type Language, ParsedTask } from "../../src/domain/QuickAdd.ts"
import { RecurrenceInput } from "../../src/domain/Recurrence.ts"
import { TagId } from "../../src/domain/Tag.ts"
import { parseTask } from "../../src/quick-add/QuickAdd.ts"

const id = (n: number) => `019c2f7e-0000-7000-8000-00000000000${n}`
const [home, club] = [ProjectId.make(id(1)), ProjectId.make(id(2))]
const [phone, errand] = [TagId.make(id(3)), TagId.make(id(4))]

// A Friday, eleven o'clock in Berlin.
const now = Date.parse("2026-11-27T10:00:00Z")

const parse = (text: string, language: Language = "en", time_zone = "Europe/Berlin") =>
  parseTask(text, {
    language,
    now,
    time_zone,
    projects: [
      { id: home, name: "Home" },
      { id: club, name: "Book club" }
    ],
    tags: [
      { id: phone, name: "phone" },
      { id: errand, name: "errand" }
    ]
  })

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

  it.each<[Language, string, string]>([
    ["en", "every other day", "FREQ=DAILY;INTERVAL=2"],
    ["en", "every two weeks", "FREQ=WEEKLY;INTERVAL=2"],
    ["en", "every 3rd day", "FREQ=DAILY;INTERVAL=3"],
    ["en", "every other monday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"],
    ["en", "every mon-fri", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"],
    ["en", "every weekend", "FREQ=WEEKLY;BYDAY=SA,SU"],
    ["en", "every last friday", "FREQ=MONTHLY;BYDAY=-1FR"],
    ["en", "every 3rd thursday of the month", "FREQ=MONTHLY;BYDAY=3TH"],
    ["en", "every last day of the month", "FREQ=MONTHLY;BYMONTHDAY=-1"],
    ["en", "every 1st and 15th", "FREQ=MONTHLY;BYMONTHDAY=1,15"],
    ["en", "every month on the 5th", "FREQ=MONTHLY;BYMONTHDAY=5"],
    ["en", "every quarter", "FREQ=MONTHLY;INTERVAL=3"],
    ["en", "every Jan 27", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=27"],
    ["en", "every day until Dec 24", "FREQ=DAILY;UNTIL=20261224"],
    ["de", "jeden zweiten Tag", "FREQ=DAILY;INTERVAL=2"],
    ["de", "alle zwei Wochen", "FREQ=WEEKLY;INTERVAL=2"],
    ["de", "jedes Quartal", "FREQ=MONTHLY;INTERVAL=3"],
    ["de", "jedes Wochenende", "FREQ=WEEKLY;BYDAY=SA,SU"],
    ["de", "jeden letzten Freitag", "FREQ=MONTHLY;BYDAY=-1FR"],
    ["de", "jeden 3. Donnerstag im Monat", "FREQ=MONTHLY;BYDAY=3TH"],
    ["de", "jeden 15. und 30.", "FREQ=MONTHLY;BYMONTHDAY=15,30"],
    ["de", "jeden 27. Januar", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=27"],
    ["de", "jeden Tag bis 24. Dezember", "FREQ=DAILY;UNTIL=20261224"],
    ["fr", "tous les deux jours", "FREQ=DAILY;INTERVAL=2"],
    ["fr", "toutes les 2 semaines", "FREQ=WEEKLY;INTERVAL=2"],
    ["fr", "chaque dernier vendredi du mois", "FREQ=MONTHLY;BYDAY=-1FR"],
    ["fr", "tous les 15", "FREQ=MONTHLY;BYMONTHDAY=15"],
    ["fr", "tous les mois le 5", "FREQ=MONTHLY;BYMONTHDAY=5"],
    ["fr", "chaque trimestre", "FREQ=MONTHLY;INTERVAL=3"],
    ["fr", "chaque 27 janvier", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=27"],
    ["es", "cada dos días", "FREQ=DAILY;INTERVAL=2"],
    ["es", "cada primer lunes del mes", "FREQ=MONTHLY;BYDAY=1MO"],
    ["es", "cada 15", "FREQ=MONTHLY;BYMONTHDAY=15"],
    ["es", "cada 2 semanas", "FREQ=WEEKLY;INTERVAL=2"],
    ["pt", "a cada 2 dias", "FREQ=DAILY;INTERVAL=2"],
    ["pt", "todo dia 15", "FREQ=MONTHLY;BYMONTHDAY=15"],
    ["pt", "toda última sexta", "FREQ=MONTHLY;BYDAY=-1FR"],
    ["nl", "elke twee weken", "FREQ=WEEKLY;INTERVAL=2"],
    ["nl", "elke laatste vrijdag van de maand", "FREQ=MONTHLY;BYDAY=-1FR"],
    ["nl", "elk kwartaal", "FREQ=MONTHLY;INTERVAL=3"],
    ["nl", "elke maand op de 5e", "FREQ=MONTHLY;BYMONTHDAY=5"]
  ])("understands in the language %s what repeats: %s", (language, phrase, rrule) => {
    const { recurrence, title } = parse(`Run ${phrase}`, language).task
    assert.deepStrictEqual({ title, rrule: recurrence?.rrule }, { title: "Run", rrule })
    assert.isTrue(Schema.is(RecurrenceInput)(recurrence))
  })

  it.each<[Language, string, string, string, string?]>([
    ["en", "Call today", "Call", "2026-11-27"],
    ["de", "Morgen anrufen", "anrufen", "2026-11-28"],
    ["fr", "Appeler aujourd’hui", "Appeler", "2026-11-27"],
    ["es", "Llamar hoy", "Llamar", "2026-11-27"],
    ["pt", "Ligar hoje", "Ligar", "2026-11-27"],
    ["nl", "Bel vandaag", "Bel", "2026-11-27"],
    ["en", "Meet next friday", "Meet", "2026-12-04"],
    ["de", "Treffen nächsten Freitag", "Treffen", "2026-12-04"],
    ["en", "Meet in 3 days", "Meet", "2026-11-30"],
    ["en", "Meet in 2 hours", "Meet", "2026-11-27", "13:00"],
    ["en", "Call at 12am", "Call", "2026-11-28", "00:00"],
    ["en", "Call at noon", "Call", "2026-11-27", "12:00"],
    ["en", "Call me on sun at 5", "Call me", "2026-11-29", "05:00"],
    ["en", "Meet May tomorrow", "Meet May", "2026-11-28"],
    ["en", "Mail ada@example.com tomorrow", "Mail ada@example.com", "2026-11-28"],
    ["en", "🎂 Cake tomorrow 🎉", "🎂 Cake 🎉", "2026-11-28"],
    ["en", "קנה חלב tomorrow", "קנה חלב", "2026-11-28"],
    ["en", "Lunch tomorrow?", "Lunch?", "2026-11-28"],
    ["de", "Arzt um 14.30 Uhr", "Arzt", "2026-11-27", "14:30"],
    ["de", "Arzt am 24.12. um 9 Uhr", "Arzt", "2026-12-24", "09:00"],
    ["en", "Run every day at 9 until Dec 24", "Run", "2026-11-28", "09:00"],
    ["fr", "Payer tous les jours à 9", "Payer", "2026-11-28", "09:00"]
  ])("finds in the language %s when something is due: %s", (language, text, title, date, time) => {
    const { task } = parse(text, language)
    assert.deepStrictEqual([task.title, task.due], [title, { date, ...(time !== undefined && { time }) }])
  })

  it.each<[Language, string]>([
    ["en", "Buy 3 apples #unknown !urgent"],
    ["en", "March"],
    ["en", "tomorrow"],
    ["en", "Lunch 12-13"],
    ["en", "C# and f@phone"],
    ["en", "#homework"],
    ["en", "In March read 1984"],
    ["en", "Read 1984"],
    ["en", "Pay 19.99 for version 2.1.3"],
    ["en", "Call 555-1234"],
    ["en", "Call May"],
    ["en", "Send April the file"],
    ["en", "Buy sun cream"],
    ["en", "Sat exam prep"],
    ["en", "Midnight snack"],
    ["en", "A day at the zoo"],
    ["en", "Meditate 10 minutes"],
    ["en", "Buy last minute gifts"],
    ["en", "Run twice a week"],
    ["en", "Run every morning"],
    ["en", "Call at 24:00"],
    ["en", "Task !4"],
    ["en", "#"],
    ["en", "!!!"],
    ["en", "Escaped \\#Home"],
    ["en", "See https://example.com/2026/12/24/post#Home"],
    ["en", "اتصل بأمي"],
    ["de", "Alle Gläser spülen"],
    ["de", "Kaufe 2 Äpfel"],
    ["de", "Guten Morgen sagen"],
    ["de", "So geht das"],
    ["fr", "Tous ensemble"],
    ["fr", "Acheter 2 pommes"],
    ["es", "Ir al mar"],
    ["pt", "Segunda via do cartão"],
    ["nl", "Koop 2 appels"]
  ])("leaves in the title what it does not understand in the language %s: %s", (language, text) => {
    assert.deepStrictEqual(parse(text, language), { task: { title: text }, spans: [] })
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
      "Sit every 31st",
      "x every 0 days"
    ]) {
      assert.deepStrictEqual(Schema.decodeUnknownSync(ParsedTask)(JSON.parse(JSON.stringify(parse(text)))), parse(text))
    }
  })
})
