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
    ["nl", "elke maand op de 5e", "FREQ=MONTHLY;BYMONTHDAY=5"],
    ["en", "every second friday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=FR"],
    ["en", "every second tuesday of the month", "FREQ=MONTHLY;BYDAY=2TU"],
    ["en", "every fifth friday", "FREQ=MONTHLY;BYDAY=5FR"],
    ["en", "every 2 mondays", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"],
    ["en", "every ten days", "FREQ=DAILY;INTERVAL=10"],
    ["en", "every tue & thu", "FREQ=WEEKLY;BYDAY=TU,TH"],
    ["en", "every monday to friday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"],
    ["en", "on mondays and thursdays", "FREQ=WEEKLY;BYDAY=MO,TH"],
    ["en", "on the 1st of every month", "FREQ=MONTHLY;BYMONTHDAY=1"],
    ["en", "on the last day of every month", "FREQ=MONTHLY;BYMONTHDAY=-1"],
    ["en", "on the second tuesday of every month", "FREQ=MONTHLY;BYDAY=2TU"],
    ["en", "every month on the last friday", "FREQ=MONTHLY;BYDAY=-1FR"],
    ["en", "monthly on the 5th", "FREQ=MONTHLY;BYMONTHDAY=5"],
    ["en", "every feb 29", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"],
    ["en", "everyday", "FREQ=DAILY"],
    ["de", "jeden zweiten Montag", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"],
    ["de", "jeden zweiten Montag im Monat", "FREQ=MONTHLY;BYDAY=2MO"],
    ["de", "jeden Mo, Mi und Fr", "FREQ=WEEKLY;BYDAY=MO,WE,FR"],
    ["de", "jeden Mo bis Fr", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"],
    ["de", "montags", "FREQ=WEEKLY;BYDAY=MO"],
    ["de", "am 1. jedes Monats", "FREQ=MONTHLY;BYMONTHDAY=1"],
    ["de", "am ersten Montag jedes Monats", "FREQ=MONTHLY;BYDAY=1MO"],
    ["de", "monatlich am 15.", "FREQ=MONTHLY;BYMONTHDAY=15"],
    ["fr", "le 1er de chaque mois", "FREQ=MONTHLY;BYMONTHDAY=1"],
    ["fr", "le premier lundi de chaque mois", "FREQ=MONTHLY;BYDAY=1MO"],
    ["fr", "un lundi sur deux", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"],
    ["fr", "un jour sur deux", "FREQ=DAILY;INTERVAL=2"],
    ["fr", "chaque lun", "FREQ=WEEKLY;BYDAY=MO"],
    ["es", "el 1 de cada mes", "FREQ=MONTHLY;BYMONTHDAY=1"],
    ["es", "el último día de cada mes", "FREQ=MONTHLY;BYMONTHDAY=-1"],
    ["es", "cada dos lunes", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"],
    ["es", "los lunes", "FREQ=WEEKLY;BYDAY=MO"],
    ["es", "cada miercoles", "FREQ=WEEKLY;BYDAY=WE"],
    ["pt", "dia 1 de cada mês", "FREQ=MONTHLY;BYMONTHDAY=1"],
    ["pt", "às segundas", "FREQ=WEEKLY;BYDAY=MO"],
    ["pt", "toda seg", "FREQ=WEEKLY;BYDAY=MO"],
    ["nl", "op de 1e van elke maand", "FREQ=MONTHLY;BYMONTHDAY=1"],
    ["nl", "om de week", "FREQ=WEEKLY;INTERVAL=2"],
    ["nl", "elke ma", "FREQ=WEEKLY;BYDAY=MO"],
    ["en", "every mon wed fri", "FREQ=WEEKLY;BYDAY=MO,WE,FR"],
    ["en", "every tuesday night", "FREQ=WEEKLY;BYDAY=TU"],
    ["en", "on every monday", "FREQ=WEEKLY;BYDAY=MO"],
    ["en", "every business day", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"],
    ["en", "on weekdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"],
    ["en", "on weekends", "FREQ=WEEKLY;BYDAY=SA,SU"],
    ["de", "werktags", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"],
    ["fr", "en semaine", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"],
    ["es", "los fines de semana", "FREQ=WEEKLY;BYDAY=SA,SU"],
    ["pt", "nos dias úteis", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"],
    ["nl", "doordeweeks", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"],
    ["en", "every 2 weeks on mondays", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"],
    ["en", "every other week on tuesday and thursday", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH"],
    ["en", "weekly on mondays and fridays", "FREQ=WEEKLY;BYDAY=MO,FR"],
    ["en", "every month on the 1st and 15th", "FREQ=MONTHLY;BYMONTHDAY=1,15"],
    ["en", "every month on the first and third monday", "FREQ=MONTHLY;BYDAY=1MO,3MO"],
    ["en", "every 1st and 3rd monday of the month", "FREQ=MONTHLY;BYDAY=1MO,3MO"],
    ["de", "jeden Montag Mittwoch Freitag", "FREQ=WEEKLY;BYDAY=MO,WE,FR"],
    ["de", "jeden Dienstagabend", "FREQ=WEEKLY;BYDAY=TU"],
    ["de", "alle 2 Wochen montags", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"],
    ["de", "an jedem Montag", "FREQ=WEEKLY;BYDAY=MO"],
    ["de", "jeden ersten und dritten Montag im Monat", "FREQ=MONTHLY;BYDAY=1MO,3MO"],
    ["fr", "toutes les deux semaines le lundi", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"],
    ["pt", "todo dia 3 de março", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=3"],
    ["nl", "elke twee weken op maandag en donderdag", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH"]
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
    ["fr", "Payer tous les jours à 9", "Payer", "2026-11-28", "09:00"],
    ["en", "Pay rent on the 15th", "Pay rent", "2026-12-15"],
    ["en", "Pay rent by the 1st at noon", "Pay rent", "2026-12-01", "12:00"],
    ["en", "Call on the 15th of December", "Call", "2026-12-15"],
    ["en", "Meet Friday the 4th", "Meet", "2026-12-04"],
    ["en", "Meet Friday the 13th at 5pm", "Meet", "2027-08-13", "17:00"],
    ["en", "Pay on Feb 29", "Pay", "2028-02-29"],
    ["en", "Meet the day after tomorrow", "Meet", "2026-11-29"],
    ["en", "Meet tomorrow morning", "Meet", "2026-11-28", "09:00"],
    ["en", "Call mum this evening", "Call mum", "2026-11-27", "20:00"],
    ["en", "Meet at half past nine", "Meet", "2026-11-28", "09:30"],
    ["en", "Meet @ 5pm", "Meet", "2026-11-27", "17:00"],
    ["en", "Wait a second tomorrow", "Wait a second", "2026-11-28"],
    ["en", "Meet 1h @tomorrow", "Meet 1h", "2026-11-28"],
    ["en", "Run in the morning", "Run", "2026-11-28", "09:00"],
    ["de", "Laufen am Morgen", "Laufen", "2026-11-28", "09:00"],
    ["fr", "RDV lundi prochain à midi", "RDV", "2026-11-30", "12:00"],
    ["nl", "Afspraak om 2 uur 's middags", "Afspraak", "2026-11-27", "14:00"],
    ["en", "Meet tomorrow at 24:00", "Meet at 24:00", "2026-11-28"],
    ["en", "Pay $12.50 tomorrow", "Pay $12.50", "2026-11-28"],
    ["en", "Watch 24 tomorrow", "Watch 24", "2026-11-28"],
    ["en", "5/23 Buy gifts", "Buy gifts", "2027-05-23"],
    ["en", "Call Bob (tomorrow)", "Call Bob", "2026-11-28"],
    ["en", "Tomorrow: call Bob", "call Bob", "2026-11-28"],
    ["en", 'Say "see you on Monday" tomorrow', 'Say "see you on Monday"', "2026-11-28"],
    ["en", "Pay 3 Dec #Home", "Pay", "2026-12-03"],
    ["en", "Run every other Monday", "Run", "2026-11-30"],
    ["en", "Clean every 3 months on the 15th", "Clean", "2026-12-15"],
    ["en", "Run every day from 1 Dec until 24 Dec", "Run", "2026-12-01"],
    ["de", "Treffen morgen um halb neun", "Treffen", "2026-11-28", "08:30"],
    ["de", "Treffen um Viertel nach acht", "Treffen", "2026-11-28", "08:15"],
    ["de", "Treffen morgen früh", "Treffen", "2026-11-28", "09:00"],
    ["de", "Treffen heute Abend um halb neun", "Treffen", "2026-11-27", "20:30"],
    ["de", "Zahnarzt am 3.", "Zahnarzt", "2026-12-03"],
    ["de", "Zahnarzt am 3. um 9 Uhr", "Zahnarzt", "2026-12-03", "09:00"],
    ["fr", "Payer le 1er du mois", "Payer", "2026-12-01"],
    ["fr", "Payer lundi 14 à 9 h 30", "Payer", "2026-12-14", "09:30"],
    ["fr", "Payer après-demain", "Payer", "2026-11-29"],
    ["fr", "Payer ce soir", "Payer", "2026-11-27", "20:00"],
    ["es", "Pagar el 15", "Pagar", "2026-12-15"],
    ["es", "Pagar pasado mañana", "Pagar", "2026-11-29"],
    ["es", "Pagar mañana por la mañana", "Pagar", "2026-11-28", "09:00"],
    ["es", "Pagar a las 9 y media de la noche", "Pagar", "2026-11-27", "21:30"],
    ["es", "Pagar la próxima semana", "Pagar", "2026-12-04"],
    ["pt", "Pagar amanhã às 9h", "Pagar", "2026-11-28", "09:00"],
    ["pt", "Pagar depois de amanhã", "Pagar", "2026-11-29"],
    ["pt", "Pagar daqui a 3 dias", "Pagar", "2026-11-30"],
    ["pt", "Pagar dia 15", "Pagar", "2026-12-15"],
    ["pt", "Pagar próxima segunda", "Pagar", "2026-11-30"],
    ["nl", "Betalen overmorgen", "Betalen", "2026-11-29"],
    ["nl", "Betalen morgen om half negen", "Betalen", "2026-11-28", "08:30"],
    ["nl", "Betalen vanavond", "Betalen", "2026-11-27", "20:00"],
    ["nl", "Betalen op de 15e", "Betalen", "2026-12-15"],
    ["de", "Zahlen @phone morgen", "Zahlen", "2026-11-28"],
    ["en", "Run every tuesday night", "Run", "2026-12-01", "20:00"],
    ["de", "Laufen jeden Dienstag Abend um 8", "Laufen", "2026-12-01", "20:00"],
    ["fr", "Courir chaque mardi soir", "Courir", "2026-12-01", "20:00"],
    ["pt", "Correr toda terça à noite", "Correr", "2026-12-01", "20:00"],
    ["nl", "Lopen elke dinsdagavond", "Lopen", "2026-12-01", "20:00"],
    ["en", "Meet at 8 tomorrow evening", "Meet", "2026-11-28", "20:00"],
    ["nl", "Bel vanavond om 8 uur", "Bel", "2026-11-27", "20:00"],
    ["en", "Meet 2 weeks from today", "Meet", "2026-12-11"],
    ["en", "Meet a week from Monday at 9", "Meet", "2026-12-07", "09:00"],
    ["en", "Pack 2 days before Dec 24", "Pack", "2026-12-22"],
    ["en", "Flight LH123 06:05 Dec 24", "Flight LH123", "2026-12-24", "06:05"],
    ["en", "Report by end of Friday", "Report by end of", "2026-11-27"],
    ["en", "Buy gifts due:tomorrow", "Buy gifts", "2026-11-28"],
    ["en", "Meet in 3 months", "Meet", "2027-02-27"],
    ["de", "Treffen in einem Jahr", "Treffen", "2027-11-27"],
    ["pt", "Pagar em 3 meses", "Pagar", "2027-02-27"],
    ["en", "Dentist the 3rd at 4", "Dentist", "2026-12-03", "04:00"],
    ["en", "Call at 12 noon", "Call", "2026-11-27", "12:00"],
    ["en", "Don't forget: tomorrow!", "Don't forget!", "2026-11-28"],
    ["en", "Read 'Friday Black' tomorrow", "Read 'Friday Black'", "2026-11-28"],
    ["en", "Meet next week Monday", "Meet", "2026-11-30"],
    ["de", "Treffen nächste Woche Montag", "Treffen", "2026-11-30"],
    ["de", "Treffen Montag in einer Woche", "Treffen", "2026-12-07"],
    ["de", "Treffen kommenden Montag", "Treffen", "2026-11-30"],
    ["fr", "RDV lundi de la semaine prochaine", "RDV", "2026-11-30"],
    ["en", "Call at ten past three", "Call", "2026-11-28", "03:10"],
    ["de", "Arzt um 5 vor 12", "Arzt", "2026-11-27", "11:55"],
    ["nl", "Bel om 5 voor 12", "Bel", "2026-11-27", "11:55"],
    ["fr", "RDV à 9 heures moins 10", "RDV", "2026-11-28", "08:50"],
    ["es", "Cita a las 9 menos 10", "Cita", "2026-11-28", "08:50"],
    ["de", "Wecker 6 Uhr 30", "Wecker", "2026-11-28", "06:30"],
    ["de", "Termin 12.12. 12:12", "Termin", "2026-12-12", "12:12"],
    ["en", "Meet Tues 3pm", "Meet", "2026-12-01", "15:00"],
    ["en", "Meet 3pm Tues", "Meet", "2026-12-01", "15:00"],
    ["en", "Buy bread for tomorrow", "Buy bread", "2026-11-28"],
    ["en", "Buy gifts (due: Dec 24)", "Buy gifts", "2026-12-24"],
    ["en", "Buy gifts [Dec 24]", "Buy gifts", "2026-12-24"],
    ["de", "Steuer bis zum 31. Mai", "Steuer", "2027-05-31"],
    ["fr", "Finir d'ici vendredi", "Finir", "2026-11-27"],
    ["es", "Pagar el lunes que viene", "Pagar", "2026-11-30"],
    ["nl", "Betalen aanstaande maandag", "Betalen", "2026-11-30"]
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
    ["en", "Read The 9/11 Report"],
    ["en", "Buy 3/4 inch screws"],
    ["en", "1/2 cup of sugar"],
    ["en", "24/7 support"],
    ["en", '"Delete mails up to January 30th"'],
    ["en", "Run `every monday #Home !high`"],
    ["en", "Black Friday shopping list"],
    ["en", "Prepare tomorrow's lunch"],
    ["en", "Monday.com login"],
    ["en", "Mon ami"],
    ["en", "Sun, sea and sand"],
    ["en", "Enjoy the sun"],
    ["en", "Meet last friday"],
    ["en", "Weekly report"],
    ["en", "Read Daily Mail"],
    ["en", "Buy everyday shoes"],
    ["en", "Meet bi-weekly"],
    ["en", "Kiss every second of the day"],
    ["en", "Run every 13th friday"],
    ["en", "Meet on the 2nd floor"],
    ["en", "Meet on the first Monday of the month"],
    ["en", "Look at two locations"],
    ["en", "Ask #friday"],
    ["en", "Fix #home-office"],
    ["en", "SOS call"],
    ["en", "Meet in 999999 weeks"],
    ["en", "Meet on 1 Jan 10000"],
    ["en", "Take the 9 o'clock train"],
    ["en", "#"],
    ["en", "!!!"],
    ["en", "Escaped \\#Home"],
    ["en", "See https://example.com/2026/12/24/post#Home"],
    ["en", "اتصل بأمي"],
    ["de", "Alle Gläser spülen"],
    ["de", "Kaufe 2 Äpfel"],
    ["de", "Guten Morgen sagen"],
    ["de", "So geht das"],
    ["de", "SOS senden"],
    ["de", "3/4 Liter Milch"],
    ["de", "Kapitel 3.4. lesen"],
    ["de", "Täglich grüßt das Murmeltier"],
    ["fr", "Arroser toutes les 2 heures"],
    ["fr", "Dîner à deux"],
    ["fr", "Fêter Mardi Gras"],
    ["fr", "Marcher 2 heures"],
    ["es", "Tomar cada 8 horas"],
    ["es", "Regar cada mañana a las 8"],
    ["pt", "Lavar as duas"],
    ["fr", "Tous ensemble"],
    ["fr", "Acheter 2 pommes"],
    ["es", "Ir al mar"],
    ["pt", "Segunda via do cartão"],
    ["nl", "Koop 2 appels"],
    ["en", "Run every day except Sunday"],
    ["en", "Call 06-12-34-56-78"],
    ["fr", "Acheter du pain à 2 euros"],
    ["en", "Run every Monday for 4 weeks"],
    ["en", "Run every last friday and first monday"],
    ["en", "Run Saturday or Sunday"],
    ["en", "Run in an hour and a half"],
    ["en", "Visit next month"],
    ["pt", "Pagar em 5 dias úteis"],
    ["en", "Run every day 5 times"],
    ["en", "Run every 1st Monday of January"],
    ["en", "Take pills at 8, 12 and 18"],
    ["en", "Meet on Friday week"],
    ["en", "Mail @phone.com"],
    ["de", "Laufen Mo, Mi, Fr"],
    ["de", "Laufen jeden Tag außer Sonntag"],
    ["fr", "Courir lundi, mercredi et vendredi"],
    ["fr", "Acheter 3h de musique"],
    ["es", "Reunión de 9 a 10"],
    ["pt", "Reunião das 9 às 10"]
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
      "Sit every 31st",
      "x every 0 days"
    ]) {
      assert.deepStrictEqual(Schema.decodeUnknownSync(ParsedTask)(JSON.parse(JSON.stringify(parse(text)))), parse(text))
    }
  })
})
