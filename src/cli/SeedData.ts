import type { Random } from "effect"
import type { ImportedProject, ImportedTag, ImportedTask } from "../domain/AccountExport.ts"
import { ProjectId } from "../domain/Project.ts"
import { TagId } from "../domain/Tag.ts"
import { TaskId } from "../domain/Task.ts"
import type { ImportRecord } from "../import/Importer.ts"

const projects = [
  "House",
  "Garden",
  "Book club",
  "Allotment",
  "Bicycle",
  "Choir",
  "Kitchen",
  "Taxes",
  "Travels",
  "Website"
]
const tags = [
  "urgent",
  "waiting",
  "phone",
  "errand",
  "five minutes",
  "with Sam",
  "outdoors",
  "reading",
  "money",
  "idea"
]
const colors = ["#3b82f6", "#16a34a", "#dc2626", "#d97706", "#7c3aed", "#0891b2", null]
const verbs = [
  "Order",
  "Check",
  "Repair",
  "Compare",
  "Write down",
  "Return",
  "Sort",
  "Ask about",
  "Plan",
  "Clean",
  "Pay for"
]
const things = [
  "the ladder",
  "new brake pads",
  "tomato seeds",
  "the rehearsal room",
  "last year's receipts",
  "a second key",
  "the hotel in Ghent",
  "the contact form",
  "six glass jars",
  "the boiler's filter",
  "two library books",
  "the fence post"
]
const addenda = [
  "",
  "",
  "",
  " before the weekend",
  " for Mira",
  " again",
  " with a photo",
  " (cheap)",
  " at the market"
]
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

/**
 * An account as somebody might have it after a year, row by row: projects and tags, then tasks. The same
 * random numbers and the same day give the same rows, and the ids are the same on every day.
 */
export function* rows(random: typeof Random.Random.Service, tasks: number, today: number): Generator<ImportRecord> {
  const below = (max: number) => Math.floor(random.nextDoubleUnsafe() * max)
  const chance = (share: number) => random.nextDoubleUnsafe() < share
  const one = <A>(choices: ReadonlyArray<A>) => choices[below(choices.length)] as A
  const uuid = () => {
    const hex = Array.from({ length: 4 }, () =>
      below(2 ** 32)
        .toString(16)
        .padStart(8, "0")
    ).join("")
    return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5")
  }
  const made = { version: 1, created_at: iso(today - 365 * day), updated_at: iso(today - 365 * day) }

  const projectIds: Array<ProjectId> = []
  for (const name of projects) {
    const id = ProjectId.make(uuid())
    projectIds.push(id)
    const description = chance(0.3) ? one(sentences) : null
    const value: ImportedProject = { id, name, description, color: one(colors), archived: chance(0.1), ...made }
    yield { type: "project", value }
  }
  const tagIds: Array<TagId> = []
  for (const name of tags) {
    const id = TagId.make(uuid())
    tagIds.push(id)
    const value: ImportedTag = { id, name, color: one(colors), ...made }
    yield { type: "tag", value }
  }
  for (let n = 0; n < tasks; n++) {
    const created = today - 1 - below(365 * day)
    const updated = created + below(Math.min(today - created, 60 * day))
    const status = one(["pending", "pending", "in_progress", "completed", "completed", "completed"] as const)
    const value: ImportedTask = {
      id: TaskId.make(uuid()),
      title: `${one(verbs)} ${one(things)}${one(addenda)}`,
      description: chance(0.4) ? Array.from({ length: 1 + below(3) }, () => one(sentences)).join("\n") : null,
      status,
      priority: one(["none", "none", "none", "low", "medium", "medium", "high"] as const),
      due_at: chance(0.5) ? iso(Math.floor(created / day) * day + (1 + below(45)) * day + below(96) * 900_000) : null,
      project_id: chance(0.8) ? one(projectIds) : null,
      tag_ids: Array.from(new Set(Array.from({ length: one([0, 0, 1, 1, 2, 3]) }, () => one(tagIds)))),
      position: `n${(created * 1000 + below(1000)).toString(16).padStart(14, "0")}`,
      completed_at: status === "completed" ? iso(updated) : null,
      version: 1 + below(6),
      created_at: iso(created),
      updated_at: iso(updated)
    }
    yield { type: "task", value }
  }
}
