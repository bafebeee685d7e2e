// No import: browsers that show tasks need this without the schemas.

const day = 86_400_000

// A format takes long to make. The database of zones has about 600 names; other spellings of them are accepted, too.
const formats = new Map<string, Intl.DateTimeFormat>()

const formatOf = (zone: string) => {
  const known = formats.get(zone)
  if (known !== undefined) return known
  const format = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" })
  if (formats.size >= 1000) formats.clear()
  formats.set(zone, format)
  return format
}

// ICU knows further abbreviations, which mean something else in other places: IST is Indian, Israeli or Irish time.
const abbreviations = new Set("CET EET EST GMT HST MET MST PRC ROC ROK UCT UTC WET".split(" "))

/** Whether the text names a zone of the IANA database. An offset like `+01:00` has no clock changes and is no zone. */
export const isTimeZone = (zone: string) => {
  if (!/^[A-Za-z][\w+/-]{0,63}$/.test(zone) || /^SystemV\//i.test(zone)) return false
  if (zone.length === 3 && !abbreviations.has(zone.toUpperCase())) return false
  try {
    return formatOf(zone) !== undefined
  } catch {
    return false
  }
}

// PostgreSQL reads these as abbreviations of zones without daylight saving time. The IANA database links them to places.
const placesOf = new Map([
  ["CET", "Europe/Brussels"],
  ["EET", "Europe/Athens"],
  ["MET", "Europe/Brussels"],
  ["WET", "Europe/Lisbon"]
])

/** The name by which PostgreSQL knows a zone. */
export const toPostgresZone = (zone: string) => placesOf.get(zone.toUpperCase()) ?? zone

/** The UTC offset of a zone at an instant, in milliseconds. */
const offsetAt = (zone: string, time: number) => {
  if (zone === "UTC") return 0
  const [, sign, hours, minutes, seconds = 0] =
    /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(formatOf(zone).format(time)) ?? []
  const length = ((Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds)) * 1000
  return sign === "-" ? -length : length
}

// A local time is a number: the instant at which it is the local time of UTC, in milliseconds.

/** The local time of a zone at an instant. */
export const localTimeAt = (zone: string, instant: number) => instant + offsetAt(zone, instant)

/**
 * The instant of a local time in a zone. A local time that the zone skips moves forward by the length of the gap; one
 * that occurs twice is the first of the two.
 */
export const instantAt = (zone: string, localTime: number) => {
  const [early, late] = [localTime - offsetAt(zone, localTime - day), localTime - offsetAt(zone, localTime + day)]
  const instants = [early, late].filter((instant) => localTimeAt(zone, instant) === localTime)
  return instants.length === 0 ? early : Math.min(...instants)
}

/**
 * The latest local time of a zone before an instant. It differs from the local time directly before the instant only in
 * the hours after the clock was set back.
 */
export const lastLocalTime = (zone: string, time: number) =>
  time - 1 + Math.max(offsetAt(zone, time - 1), offsetAt(zone, time - day))
