import { assert, describe, it } from "@effect/vitest"
import { parseDate } from "../../src/import/TodoistDates.ts"

/** Date, time and time zone in one text. */
const parsed = (text: string, language = "en", zone = "") => {
  const { date, time, time_zone } = parseDate(text, language, zone).value ?? {}
  return [date, time, time_zone].filter((part) => part !== undefined).join(" ")
}

describe("parseDate of a Todoist cell", () => {
  it("reads a date with and without a time in the time zone of the row", () => {
    assert.strictEqual(parsed("2026-11-20"), "2026-11-20")
    assert.strictEqual(parsed("2026-07-20", "en", "America/New_York"), "2026-07-20")
    assert.strictEqual(parsed("2026-11-20 14:05"), "2026-11-20 14:05")
    assert.strictEqual(parsed("2026-11-20 14:05", "en", "Asia/Kolkata"), "2026-11-20 14:05 Asia/Kolkata")
  })

  it("reads an offset in the text as an instant, by the clock of the row's time zone or in UTC", () => {
    assert.strictEqual(parsed("2026-11-20T14:05:30Z", "en", "Asia/Kolkata"), "2026-11-20 19:35:30 Asia/Kolkata")
    assert.strictEqual(parsed("2026-11-20T14:05:30-05:00"), "2026-11-20 19:05:30 UTC")
    assert.strictEqual(parsed("2026-11-20T14:05:30.123456Z"), "2026-11-20 14:05:30.123 UTC")
    assert.strictEqual(parsed("2026-10-25T00:30:00Z", "en", "Europe/Berlin"), "2026-10-25 02:30 Europe/Berlin")
    assert.strictEqual(parsed("2026-10-25T01:30:00Z", "en", "Europe/Berlin"), "2026-10-25 01:30 UTC")
  })

  it.each([
    ["en", "20 Nov 2026", "2026-11-20"],
    ["en", "Nov 20, 2026 at 9:05", "2026-11-20 09:05"],
    ["en", "Nov 20 2026 at 9:30 PM", "2026-11-20 21:30"],
    ["en", "2026-11-20 9:30 PM", "2026-11-20 21:30"],
    ["en", "2026-11-20 12:30 AM", "2026-11-20 00:30"],
    ["en", "2026-11-20 00:00", "2026-11-20 00:00"],
    ["en", "20 Nov 2026 @ 14:00", "2026-11-20 14:00"],
    ["en", "Fri Nov 20 2026", "2026-11-20"],
    ["en", "11/20/2026", "2026-11-20"],
    ["", "20 Nov 2026", "2026-11-20"],
    ["de", "20 Dez 2026", "2026-12-20"],
    ["de", "20. Dez. 2026 14:00", "2026-12-20 14:00"],
    ["de", "3 März 2027 um 9:30", "2027-03-03 09:30"],
    ["de", "20.12.2026", "2026-12-20"],
    ["de", "3.4.2026 um 14:00", "2026-04-03 14:00"],
    ["fr", "20 nov. 2026", "2026-11-20"],
    ["fr", "20 déc. 2026 à 14h30", "2026-12-20 14:30"],
    ["fr", "1er août 2026", "2026-08-01"],
    ["fr", "3/4/2026", "2026-04-03"],
    ["nl", "3 mei 2026", "2026-05-03"],
    ["nl", "3 mrt. 2026 om 14:00", "2026-03-03 14:00"],
    ["es", "3 ene 2027", "2027-01-03"],
    ["es", "20 de noviembre de 2026 a las 14:00", "2026-11-20 14:00"],
    ["pt_BR", "20 de dez de 2026", "2026-12-20"],
    ["it", "3 mag 2026 14:00", "2026-05-03 14:00"],
    ["da", "20 okt. 2026 kl. 14:00", "2026-10-20 14:00"],
    ["nb", "20. des. 2026 kl. 10:00", "2026-12-20 10:00"],
    ["de", "20 Dez 2026 um 10 Uhr", "2026-12-20 10:00"],
    ["pt_BR", "20 dez 2026 às 10h", "2026-12-20 10:00"],
    ["it", "20 dic 2026 alle 10", "2026-12-20 10:00"],
    ["en", "20 Dec 2026 at 10", "2026-12-20 10:00"],
    ["nb", "20 des 2026", "2026-12-20"],
    ["sv", "20 maj 2026 14:00", "2026-05-20 14:00"],
    ["fi", "20 marras 2026 klo 14:00", "2026-11-20 14:00"],
    ["pl", "20 paź 2026 o 14:00", "2026-10-20 14:00"],
    ["pl", "20 października 2026", "2026-10-20"],
    ["tr", "20 Ağu 2026 14:00", "2026-08-20 14:00"],
    ["cs", "20 listopadu 2026", "2026-11-20"],
    ["ru", "20 нояб. 2026 в 14:00", "2026-11-20 14:00"],
    ["uk", "20 листопада 2026", "2026-11-20"],
    ["ja", "2026年11月20日 14:00", "2026-11-20 14:00"],
    ["ko", "2026년 11월 20일", "2026-11-20"],
    ["zh_CN", "2026年11月20日", "2026-11-20"],
    ["zh_TW", "2026年11月20日 14:00", "2026-11-20 14:00"]
  ])("reads a date in the language %j: %j", (language, text, expected) => {
    assert.strictEqual(parsed(text, language), expected)
  })

  it.each([
    ["en", "every 3 days"],
    ["en", "every Nov 20 2026"],
    ["de", "jeden Tag"],
    ["en", "tomorrow"],
    ["en", "in 3 days"],
    ["en", "20 days ago"],
    ["en", "Nov 20"],
    ["en", "Nov 2026"],
    ["en", "20 Nov 2026 to 22 Nov 2026"],
    ["en", "2026-02-29"],
    ["en", "31 Feb 2027"],
    ["fr", "31 février 2026"],
    ["en", "2026-13-01"],
    ["en", "2026-11-20 24:00"],
    ["en", "0020-01-01"],
    ["en", "1 Jan 10000"],
    ["en", "5 Brumaire 2026"],
    ["en", "3/4/2026"],
    ["da", "3/4/2026"],
    ["fr", "20 ju 2026"],
    ["en", "2026-11-20T14:05:30+25:00"],
    ["??", "\0"]
  ])("returns no date and a warning with the text for the language %j: %j", (language, text) => {
    const { value, warning } = parseDate(text, language, "Europe/Berlin")
    assert.isNull(value)
    assert.include(warning, JSON.stringify(text))
  })

  it("reads a time without a time zone and with a warning when the time zone is not known", () => {
    const { value, warning } = parseDate("2026-11-20 14:00", "en", "Mars/Olympus")
    assert.deepStrictEqual(value, { date: "2026-11-20", time: "14:00" })
    assert.include(warning, "Mars/Olympus")
  })

  it.each([
    ["GMT -7:00", "Etc/GMT+7"],
    ["GMT-7", "Etc/GMT+7"],
    ["GMT +05:00", "Etc/GMT-5"],
    ["UTC+10", "Etc/GMT-10"],
    ["GMT +0:00", "Etc/GMT-0"]
  ])("reads a time in the zone %s as one in %s", (zone, time_zone) => {
    assert.deepStrictEqual(parseDate("2026-11-20 14:00", "en", zone), {
      value: { date: "2026-11-20", time: "14:00", time_zone }
    })
  })

  it.each(["GMT +5:30", "GMT -15:00"])(
    "reads a time in the zone %s without a zone, because none has this name",
    (zone) => {
      const { value, warning } = parseDate("2026-11-20 14:00", "en", zone)
      assert.deepStrictEqual(value, { date: "2026-11-20", time: "14:00" })
      assert.include(warning, "is not known")
    }
  )

  it("reads an empty cell as no date without a warning", () => {
    assert.deepStrictEqual(parseDate(" ", "en", ""), { value: null })
  })
})
