import { Schema } from "effect"
import { Imported } from "../domain/AccountExport.ts"
import type { TaskPriority } from "../domain/Task.ts"

/** The value of a cell of Todoist's CSV, and what of the cell could not be imported. */
export interface CellValue<A> {
  readonly value: A
  readonly warning?: string
}

// In the CSV 1 is p1, the highest, and 4 is the default; in Todoist's API it is the other way round. Todoist's own
// import reads an empty cell as p1, which is not what users expect.
const priorities: Record<string, TaskPriority> = { "1": "high", "2": "medium", "3": "low", "4": "none", "": "none" }

export const parsePriority = (cell: string): CellValue<TaskPriority> => {
  const value = priorities[cell.trim()]
  return value === undefined ? { value: "none", warning: "PRIORITY: Must be 1, 2, 3 or 4; imported as 4" } : { value }
}

const isTagName = Schema.is(Imported.tag.fields.name)

const isLabel = (word: string) => /^@[^@]+$/u.test(word) && isTagName(word.slice(1))

// The limit of a task's tags.
const maxLabels = 50

/** The title and the labels in it: words that begin with @. An address such as ada@example.com is no label. */
export const parseContent = (cell: string) => {
  const words = cell.trim().split(/\s+/u)
  const labels = new Map<string, string>()
  for (const word of words.filter(isLabel)) {
    const name = word.slice(1).normalize("NFC")
    if (!labels.has(name.toLowerCase())) labels.set(name.toLowerCase(), name)
  }
  const title = words.filter((word) => !isLabel(word)).join(" ")
  const names = Array.from(labels.values())
  return {
    title: title === "" ? words.join(" ") : title,
    labels: names.slice(0, maxLabels),
    /** Labels beyond the limit. */
    surplus: names.slice(maxLabels)
  }
}

/** A text of at most `max` code points; a longer one ends with an ellipsis. */
export const truncate = (text: string, max: number) => {
  const characters = Array.from(text)
  return characters.length <= max ? text : `${characters.slice(0, max - 1).join("")}…`
}

const cellsOf = (line: string, delimiter: string) =>
  line.split(delimiter).map((cell) =>
    cell
      .trim()
      .replace(/^"(.*)"$/, "$1")
      .trim()
      .toUpperCase()
  )

export const isHeader = (cells: ReadonlyArray<string>) => cells.includes("TYPE") && cells.includes("CONTENT")

/** The character between the cells, if this line is the header of a CSV file exported by Todoist. */
export const delimiterOf = (line: string) => [",", ";", "\t"].find((delimiter) => isHeader(cellsOf(line, delimiter)))

// The author of a task, how its project is displayed and whether it is collapsed have no counterpart here.
const knownColumns = new Set([
  ...["TYPE", "CONTENT", "DESCRIPTION", "PRIORITY", "INDENT", "AUTHOR", "RESPONSIBLE", "DATE", "DATE_LANG"],
  ...["TIMEZONE", "DURATION", "DURATION_UNIT", "META", "IS_COLLAPSED", "DEADLINE", "DEADLINE_LANG", ""]
])

export const unknownColumns = (columns: ReadonlyArray<string>) => columns.filter((column) => !knownColumns.has(column))
