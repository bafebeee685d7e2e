import type { Random } from "effect"
import { v4 } from "uuid"
import type { ImportedTask } from "../domain/AccountExport.ts"
import type { Due } from "../domain/Due.ts"
import { dueInUtc, instantOf } from "../domain/DueTime.ts"
import { ProjectId } from "../domain/Project.ts"
import { TagId } from "../domain/Tag.ts"
import { TaskId } from "../domain/Task.ts"
import type { ImportRecord } from "../import/Importer.ts"
import { positionAt } from "../import/Positions.ts"

const split = (list: string) => list.split(/,\s+/)

const projectNames = split("House, Garden, Book club, Allotment, Bicycle, Choir, Kitchen, Taxes, Travels, Website")
const tagNames = split("urgent, waiting, phone, errand, five minutes, with Sam, outdoors, reading, money, idea")
const colors = ["#3b82f6", "#16a34a", "#dc2626", "#d97706", "#7c3aed", "#0891b2", null]
const verbs = split("Order, Check, Repair, Compare, Write down, Return, Sort, Ask about, Plan, Clean, Pay for")
const things = split(`the ladder, new brake pads, tomato seeds, the rehearsal room, last year's receipts, a second key,
  the hotel in Ghent, the contact form, six glass jars, the boiler's filter, two library books, the fence post`)
const addenda = split(", , , before the weekend, for Mira, again, with a photo, (cheap), at the market")
const sentences = [
  "The number is on the back of the old one.",
  "Not before ten, they open late.",
  "See what the neighbours paid.",
  "It should fit in the small box.",
  "Last time it took most of an afternoon.",
  "Bring cash; the machine was broken."
]

const day = 86_400_000

const iso = (milliseconds: number) => new Date(milliseconds).toISOString()

const recurrences = [
  { rrule: "FREQ=WEEKLY", anchor: "due" },
  { rrule: "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1", anchor: "due" },
  { rrule: "FREQ=DAILY;INTERVAL=10", anchor: "completion" }
] as const

/**
 * A realistic account of a year: projects and tags, then tasks. The same random numbers and the same day give the
 * same records, and the ids are the same on every day.
 */
export function* generateRecords(
  random: typeof Random.Random.Service,
  tasks: number,
  today: number
): Iterable<ImportRecord> {
  const below = (max: number) => Math.floor(random.nextDoubleUnsafe() * max)
  const chance = (probability: number) => random.nextDoubleUnsafe() < probability
  const pick = <A>(choices: ReadonlyArray<A>) => choices[below(choices.length)] as A
  const uuid = () => v4({ random: Uint8Array.from({ length: 16 }, () => below(256)) })

  const start = iso(today - 365 * day)
  const metadata = { version: 1, created_at: start, updated_at: start }
  const projects = projectNames.map((name) => ({
    id: ProjectId.make(uuid()),
    name,
    description: chance(0.3) ? pick(sentences) : null,
    color: pick(colors),
    archived: chance(0.1),
    ...metadata
  }))
  const tags = tagNames.map((name) => ({ id: TagId.make(uuid()), name, color: pick(colors), ...metadata }))
  for (const value of projects) yield { type: "project", value }
  for (const value of tags) yield { type: "tag", value }

  const makeDue = (from: number): Due => {
    const { date, time = "" } = dueInUtc(iso(from + below(96) * 900_000))
    return pick([{ date }, { date }, { date, time }, { date, time, time_zone: "Europe/Berlin" }])
  }
  const makeTask = (parent: ImportedTask | undefined): ImportedTask => {
    const created = today - 1 - below(365 * day)
    const updated = created + below(Math.min(today - created, 60 * day))
    const due = chance(0.5) ? makeDue(Math.floor(created / day) * day + (1 + below(45)) * day) : null
    const status = pick(["pending", "pending", "in_progress", "completed", "completed", "completed"] as const)
    return {
      id: TaskId.make(uuid()),
      title: `${pick(verbs)} ${pick(things)} ${pick(addenda)}`.trimEnd(),
      description: chance(0.4) ? Array.from({ length: 1 + below(3) }, () => pick(sentences)).join("\n") : null,
      status,
      priority: pick(["none", "none", "none", "low", "medium", "medium", "high"] as const),
      due,
      due_at: (due && instantOf(due)) ?? null,
      recurrence: due !== null && chance(0.1) ? pick(recurrences) : null,
      ...(parent !== undefined && chance(0.2)
        ? { project_id: parent.project_id, parent_id: parent.id }
        : { project_id: chance(0.8) ? pick(projects).id : null, parent_id: null }),
      tag_ids: Array.from(new Set(Array.from({ length: pick([0, 0, 1, 1, 2, 3]) }, () => pick(tags).id))),
      position: positionAt(created * 1000 + below(1000)),
      completed_at: status === "completed" ? iso(updated) : null,
      version: 1 + below(6),
      created_at: iso(created),
      updated_at: iso(updated)
    }
  }
  /** The last task that is no subtask. */
  let parent: ImportedTask | undefined
  for (let n = 0; n < tasks; n++) {
    const value = makeTask(parent)
    if (value.parent_id === null) parent = value
    yield { type: "task", value }
  }
}
