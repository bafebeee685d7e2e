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

// PostgreSQL takes these for abbreviations of zones without summer time. They are links in the IANA database.
const placesOf = new Map([
  ["CET", "Europe/Brussels"],
  ["EET", "Europe/Athens"],
  ["MET", "Europe/Brussels"],
  ["WET", "Europe/Lisbon"]
])

/** The name by which PostgreSQL knows a zone. */
export const toPostgresZone = (zone: string) => placesOf.get(zone.toUpperCase()) ?? zone

/** By how many milliseconds the clock of a zone is ahead of UTC at a moment. */
const offsetAt = (zone: string, time: number) => {
  if (zone === "UTC") return 0
  const [, sign, hours, minutes, seconds = 0] =
    /GMT([+-])(\d\d):(\d\d)(?::(\d\d))?$/.exec(formatOf(zone).format(time)) ?? []
  const length = ((Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60 + Number(seconds)) * 1000
  return sign === "-" ? -length : length
}

// Clocks are given as the moment at which the clock of UTC shows the same.

/** What the clock of a zone shows at a moment. */
export const clockAt = (zone: string, time: number) => time + offsetAt(zone, time)

/**
 * The moment at which the clock of a zone shows a time. A time that the clock skips moves forward by the length of the
 * gap; of a time that occurs twice it is the first moment.
 */
export const momentOf = (zone: string, clock: number) => {
  const [early, late] = [clock - offsetAt(zone, clock - day), clock - offsetAt(zone, clock + day)]
  const moments = [early, late].filter((moment) => clockAt(zone, moment) === clock)
  return moments.length === 0 ? early : Math.min(...moments)
}

/**
 * The latest that the clock of a zone shows before a moment. It is more than what the clock shows then only in the hours
 * after it was set back.
 */
export const latestClockBefore = (zone: string, time: number) =>
  time - 1 + Math.max(offsetAt(zone, time - 1), offsetAt(zone, time - day))
