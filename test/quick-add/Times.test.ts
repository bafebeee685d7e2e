import { assert, describe, it } from "@effect/vitest"
import type { Language } from "../../src/domain/QuickAdd.ts"
import { parse } from "./parse.ts"

describe("parseTask", () => {
  it.each<[Language, string, string, string, string?]>([
    ["en", "Meet Friday at midnight", "Meet", "2026-11-28", "00:00"],
    ["en", "Meet at midnight on Friday", "Meet", "2026-11-28", "00:00"],
    ["en", "Meet Tuesday at midnight", "Meet", "2026-12-02", "00:00"],
    ["en", "Meet tomorrow at midnight", "Meet", "2026-11-29", "00:00"],
    ["de", "Treffen Freitag um Mitternacht", "Treffen", "2026-11-28", "00:00"],
    ["fr", "RDV lundi à minuit", "RDV", "2026-12-01", "00:00"],
    ["es", "Cita el viernes a medianoche", "Cita", "2026-11-28", "00:00"],
    ["pt", "Reunião sexta à meia-noite", "Reunião", "2026-11-28", "00:00"],
    ["pt", "Reunião meia noite", "Reunião", "2026-11-28", "00:00"],
    ["nl", "Afspraak maandag om middernacht", "Afspraak", "2026-12-01", "00:00"],
    ["en", "Sleep on Friday at 12 at night", "Sleep", "2026-11-28", "00:00"],
    ["en", "Stand-up 9:15", "Stand-up", "2026-11-28", "09:15"],
    ["en", "Bus 14:07", "Bus", "2026-11-27", "14:07"],
    ["en", "Flight 06:05", "Flight", "2026-11-28", "06:05"],
    ["en", "Standup tomorrow 9:17", "Standup", "2026-11-28", "09:17"],
    ["en", "Watch the launch at 12:30:45", "Watch the launch", "2026-11-27", "12:30:45"],
    ["en", "Read Romans 8:28 tomorrow", "Read Romans 8:28", "2026-11-28"],
    ["en", "Dilute 1:10 tomorrow", "Dilute 1:10", "2026-11-28"],
    ["en", "Memorize Philippians 4:13 by Friday", "Memorize Philippians 4:13", "2026-11-27"],
    ["en", "Call June at 5", "Call June", "2026-11-28", "05:00"],
    ["en", "At 5 pay the rent", "pay the rent", "2026-11-28", "05:00"],
    ["en", "Call at 5 tomorrow", "Call", "2026-11-28", "05:00"],
    ["en", "Meet monday @ 9", "Meet", "2026-11-30", "09:00"],
    ["en", "Call at a quarter past noon", "Call", "2026-11-27", "12:15"],
    ["en", "Call after 2 pm", "Call", "2026-11-27", "14:00"],
    ["de", "Laufen um 17 Uhr morgen", "Laufen", "2026-11-28", "17:00"],
    ["de", "Laufen abends um 8", "Laufen", "2026-11-27", "20:00"],
    ["de", "Laufen nachmittags um 1 Uhr 30", "Laufen", "2026-11-27", "13:30"],
    ["de", "Laufen Montag Morgen", "Laufen", "2026-11-30", "09:00"],
    ["de", "Laufen um 4 in der Früh", "Laufen", "2026-11-28", "04:00"],
    ["de", "Laufen 5 vor halb 9", "Laufen", "2026-11-28", "08:25"],
    ["de", "Treffen um 18.30h", "Treffen", "2026-11-27", "18:30"],
    ["de", "Zahnarzt um 9 Zähne zeigen", "Zahnarzt Zähne zeigen", "2026-11-28", "09:00"],
    ["fr", "RDV le 16 à 18h", "RDV", "2026-12-16", "18:00"],
    ["fr", "RDV le 25/12 à 10h", "RDV", "2026-12-25", "10:00"],
    ["fr", "RDV le 20 jusqu'à 18h", "RDV", "2026-12-20", "18:00"],
    ["fr", "RDV vendredi à partir de midi", "RDV", "2026-11-27", "12:00"],
    ["fr", "RDV à 3h du mat", "RDV", "2026-11-28", "03:00"],
    ["fr", "RDV lundi dans l'après-midi", "RDV", "2026-11-30", "15:00"],
    ["es", "Llamar a las tres de la manana", "Llamar", "2026-11-28", "03:00"],
    ["es", "Llamar el 5 de enero a las 10 hs", "Llamar", "2027-01-05", "10:00"],
    ["pt", "Reunião amanhã 15h", "Reunião", "2026-11-28", "15:00"],
    ["pt", "Reunião amanhã às 15hs", "Reunião", "2026-11-28", "15:00"],
    ["pt", "Reunião hoje a noite", "Reunião", "2026-11-27", "20:00"],
    ["pt", "Reunião ao meio dia", "Reunião", "2026-11-27", "12:00"],
    ["pt", "Reunião às tres e meia da tarde", "Reunião", "2026-11-27", "15:30"],
    ["nl", "Bel vanavond 8 uur", "Bel", "2026-11-27", "20:00"],
    ["nl", "Bel morgen 's middags", "Bel", "2026-11-28", "15:00"],
    ["nl", "Bel om 10 voor half 4", "Bel", "2026-11-28", "03:20"],
    ["nl", "Bel om 4 uur in de morgen", "Bel", "2026-11-28", "04:00"]
  ])("finds in the language %s at what time something is due: %s", (language, text, title, date, time) => {
    const { task } = parse(text, language)
    assert.deepStrictEqual([task.title, task.due], [title, { date, ...(time !== undefined && { time }) }])
  })
})
