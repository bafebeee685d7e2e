const pad = (n: number) => String(n).padStart(2, "0")

/** A day as date fields have it, `2026-11-20`, in the user's time zone. */
export const dayOf = (date: Date) => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`

/** A task that is due on a day is due until its last second, in the user's time zone. */
export const dueOn = (day: string) => new Date(`${day}T23:59:59`).toISOString()

/** The end of today. */
export const midnight = () => new Date(`${dayOf(new Date())}T23:59:59.999`).toISOString()

const daysUntil = (date: Date) => {
  const begin = (day: Date) => new Date(day.getFullYear(), day.getMonth(), day.getDate()).getTime()
  return Math.round((begin(date) - begin(new Date())) / 86_400_000)
}

/** A due date for users; near ones relative to today. */
export const formatDue = (due_at: string) => {
  const date = new Date(due_at)
  const days = daysUntil(date)
  if (days === 0) return "Today"
  if (days === 1) return "Tomorrow"
  if (days === -1) return "Yesterday"
  if (days > 1 && days < 7) return date.toLocaleDateString(undefined, { weekday: "long" })
  const isThisYear = date.getFullYear() === new Date().getFullYear()
  return date.toLocaleDateString(undefined, { day: "numeric", month: "short", ...(!isThisYear && { year: "numeric" }) })
}

export const isOverdue = (due_at: string) => new Date(due_at).getTime() < Date.now()
