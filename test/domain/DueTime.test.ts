import { assert, describe, it } from "@effect/vitest"
import { Schema } from "effect"
import { Temporal } from "temporal-polyfill"
import { Due, DueInput } from "../../src/domain/Due.ts"
import { dueInUtc, dueLimit, instantOf, localTimestamp } from "../../src/domain/DueTime.ts"
import { instantAt, isTimeZone, localTimeAt } from "../../src/domain/TimeZone.ts"
import { byTier } from "../support/Tier.ts"

const zones = [...Intl.supportedValuesOf("timeZone"), "UTC"]
const [begin, end] = [Date.UTC(2000, 0), Date.UTC(2050, 0)]

const instantByTemporal = (zone: string, clock: number) =>
  Temporal.Instant.fromEpochMilliseconds(clock)
    .toZonedDateTimeISO("UTC")
    .toPlainDateTime()
    .toZonedDateTime(zone, { disambiguation: "compatible" }).epochMilliseconds

/** The clock changes of a zone within 50 years. */
const changesOf = (zone: string) => {
  const changes: Array<number> = []
  let at = Temporal.Instant.fromEpochMilliseconds(begin).toZonedDateTimeISO(zone).getTimeZoneTransition("next")
  while (at !== null && at.epochMilliseconds < end) {
    changes.push(at.epochMilliseconds)
    at = at.getTimeZoneTransition("next")
  }
  return changes
}

describe("instantAt", () => {
  it("agrees with Temporal in every time zone, around clock changes and at other times of 50 years", () => {
    let compared = 0
    let seed = 1
    for (const zone of zones) {
      const others = Array.from({ length: byTier(5, 100) }, () => {
        seed = (seed * 48_271) % 2_147_483_647
        return begin + (seed % ((end - begin) / 1000)) * 1000
      })
      const changes = changesOf(zone)
      const chosen = changes.filter((_, n) => (n + seed) % byTier(20, 1) === 0)
      const around = chosen.flatMap((change) =>
        [-86_400_000, -3_600_000, -1, 0, 1_800_000, 3_600_000, 86_400_000].map(
          (by) => localTimeAt(zone, change - 1) + by
        )
      )
      for (const clock of [...others, ...around]) {
        compared++
        const moment = instantAt(zone, clock)
        assert.strictEqual(moment, instantByTemporal(zone, clock), `${zone} ${new Date(clock).toISOString()}`)
        const shown = Temporal.Instant.fromEpochMilliseconds(moment).toZonedDateTimeISO(zone).toPlainDateTime()
        assert.strictEqual(
          new Date(localTimeAt(zone, moment)).toISOString(),
          `${shown.toString({ smallestUnit: "millisecond" })}Z`
        )
      }
    }
    assert.isAbove(compared, byTier(3000, 100_000))
  }, 300_000)

  it.each([
    ["2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30:00.000Z", "is skipped, moves forward by an hour"],
    ["2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z", "occurs twice, is the first one"],
    ["2011-12-30T12:00", "Pacific/Apia", "2011-12-30T22:00:00.000Z", "lies in a day that was left out"],
    ["2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:45:00.000Z", "is skipped by half an hour"],
    ["1800-01-01T00:00", "Europe/Berlin", "1799-12-31T23:06:32.000Z", "was local mean time"]
  ])("takes %s in %s for %s, which %s", (clock, zone, moment) => {
    assert.strictEqual(new Date(instantAt(zone, Date.parse(`${clock}Z`))).toISOString(), moment)
  })
})

describe("isTimeZone", () => {
  it.each(["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "US/Pacific", "Etc/GMT+5"])("knows %s", (zone) => {
    assert.isTrue(isTimeZone(zone))
  })

  it.each(["", "Mars/Olympus", "+01:00", "GMT+1", "Europe/Berlin ", "x".repeat(10_000), "Europe\0"])(
    "does not know %j",
    (zone) => {
      assert.isFalse(isTimeZone(zone))
    }
  )
})

const decode = Schema.decodeUnknownSync(DueInput)

describe("Due", () => {
  it.prop(
    "comes back as it was given, and its instant shows the same on the clock of its zone",
    [
      Schema.Literals(zones as [string, ...Array<string>]),
      Schema.Int.check(Schema.isBetween({ minimum: begin, maximum: end }))
    ],
    ([time_zone, time]) => {
      const due = { ...dueInUtc(new Date(time).toISOString()), time_zone }
      assert.deepStrictEqual(Schema.encodeSync(Due)(decode(due)), due)
      const instant = instantOf(due) ?? assert.fail("no instant")
      const shown = new Date(localTimeAt(time_zone, Date.parse(instant))).toISOString()
      assert.isTrue(shown >= localTimestamp(due), shown)
    }
  )

  it("leaves out seconds and milliseconds that are zero", () => {
    const timeOf = (time: string) => decode({ date: "2026-12-01", time }).time
    assert.deepStrictEqual(["09:00", "09:00:00", "09:00:00.000", "09:00:30.000", "09:00:00.001"].map(timeOf), [
      "09:00",
      "09:00",
      "09:00",
      "09:00:30",
      "09:00:00.001"
    ])
  })

  it.each([
    [{ date: "2026-02-29" }],
    [{ date: "2026-12-01T00:00" }],
    [{ date: "0000-12-01" }],
    [{ date: "2026-12-01", time: "24:00" }],
    [{ date: "2026-12-01", time: "9:00" }],
    [{ date: "2026-12-01", time_zone: "Europe/Berlin" }],
    [{ date: "2026-12-01", time: "09:00", time_zone: "Mars/Olympus" }],
    [{ date: "0001-01-01", time: "00:00", time_zone: "Europe/Berlin" }],
    [{ time: "09:00" }],
    ["2026-12-01"]
  ])("refuses %j", (due) => {
    assert.throws(() => decode(due))
  })

  it("is a whole day, the end of it, or a time", () => {
    assert.strictEqual(localTimestamp({ date: "2026-12-01" }), "2026-12-01T23:59:59.999Z")
    assert.strictEqual(localTimestamp({ date: "2026-12-01", time: "09:00" }), "2026-12-01T09:00:00.000Z")
    assert.strictEqual(
      localTimestamp({ date: "2026-12-01", time: "09:00:01.5".padEnd(12, "0") }),
      "2026-12-01T09:00:01.500Z"
    )
    assert.isUndefined(instantOf({ date: "2026-12-01", time: "09:00" }))
  })
})

describe("dueLimit", () => {
  it("is the beginning of a day, the end of a day, or a time by the clock of the zone", () => {
    assert.deepStrictEqual(dueLimit("2026-12-01", "Europe/Berlin", false), {
      instant: "2026-11-30T23:00:00.000Z",
      local: "2026-12-01T00:00:00.000Z"
    })
    assert.deepStrictEqual(dueLimit("2026-12-01", "Europe/Berlin", true), {
      instant: "2026-12-01T22:59:59.999Z",
      local: "2026-12-01T23:59:59.999Z"
    })
    assert.deepStrictEqual(dueLimit("2026-12-01T12:00:00.000Z", "Europe/Berlin", true), {
      instant: "2026-12-01T12:00:00.000Z",
      local: "2026-12-01T13:00:00.000Z"
    })
    assert.strictEqual(dueLimit("9999-12-31T23:00:00.000Z", "Asia/Kolkata", false).local, "9999-12-31T23:59:59.999Z")
    assert.strictEqual(dueLimit("9999-12-31", "UTC", true).instant, "9999-12-31T23:59:59.999Z")
  })
})
