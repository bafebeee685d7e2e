import type { Due } from "effect-tasks/client"

const pad = (n: number) => String(n).padStart(2, "0")

/** A day as date fields have it, `2026-11-20`, in the user's time zone. */
export const dayOf = (date: Date) => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`

/** The day after a day. */
export const dayAfter = (day: string) => dayOf(new Date(new Date(`${day}T00:00`).setHours(24)))

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone

/** The time zone of the device. Browsers that do not know it name one that does not exist. */
export const timeZone = zone === "Etc/Unknown" ? "UTC" : zone

/** When a task is due for the user: an instant, or the time on the user's clock, which is the end of a whole day. */
const instantAt = (due: Due, due_at: string | null) => new Date(due_at ?? `${due.date}T${due.time ?? "23:59:59"}`)

const daysUntil = (date: Date) => {
  const begin = (day: Date) => new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime()
  return Math.round((begin(date) - begin(new Date())) / 86_400_000)
}

const formatDay = (date: Date) => {
  const days = daysUntil(date)
  if (days === 0) return "Today"
  if (days === 1) return "Tomorrow"
  if (days === -1) return "Yesterday"
  if (days > 1 && days < 7) return date.toLocaleDateString(undefined, { weekday: "long" })
  const isThisYear = date.getFullYear() === new Date().getFullYear()
  return date.toLocaleDateString(undefined, { day: "numeric", month: "short", ...(!isThisYear && { year: "numeric" }) })
}

/** A due date for users; near ones relative to today, and times on the user's clock. */
export const formatDue = (due: Due, due_at: string | null) => {
  const date = instantAt(due, due_at)
  if (due.time === undefined) return formatDay(date)
  return `${formatDay(date)}, ${date.toLocaleTimeString(undefined, { hour: "2-digit", minute: "2-digit" })}`
}

export const isOverdue = (due: Due, due_at: string | null) => instantAt(due, due_at).getTime() < Date.now()
