import type { Recurrence } from "effect-tasks/client"

/** The rules that the editor offers. */
export const rules: Readonly<Record<string, string>> = {
  "FREQ=DAILY": "Daily",
  "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR": "On weekdays",
  "FREQ=WEEKLY": "Weekly",
  "FREQ=WEEKLY;INTERVAL=2": "Every 2 weeks",
  "FREQ=MONTHLY": "Monthly",
  "FREQ=YEARLY": "Yearly"
}

const units: Readonly<Record<string, string>> = { DAILY: "day", WEEKLY: "week", MONTHLY: "month", YEARLY: "year" }
const days: Readonly<Record<string, string>> = {
  MO: "Mon",
  TU: "Tue",
  WE: "Wed",
  TH: "Thu",
  FR: "Fri",
  SA: "Sat",
  SU: "Sun"
}

/** A rule in words. */
export const describeRule = ({ anchor, rrule }: Recurrence) => {
  const parts = new Map(rrule.split(";").map((part) => part.split("=") as [string, string]))
  const unit = units[parts.get("FREQ") ?? ""] ?? ""
  const interval = parts.get("INTERVAL") ?? "1"
  const on = [
    parts.get("BYDAY")?.replaceAll(/[A-Z]{2}/g, (day) => days[day] ?? day),
    parts.has("BYMONTHDAY") && `day ${parts.get("BYMONTHDAY")}`
  ].filter(Boolean)
  const every = interval === "1" ? `Every ${unit}` : `Every ${interval} ${unit}s`
  const text =
    rules[rrule] ?? [every, ...(on.length > 0 ? [`on ${on.join(", ").replaceAll(",", ", ")}`] : [])].join(" ")
  return anchor === "completion" ? `${text}, after completion` : text
}
