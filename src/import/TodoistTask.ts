import { Schema } from "effect"
import { Imported, type ImportedTask } from "../domain/AccountExport.ts"
import { isStorable } from "../domain/Text.ts"
import * as Cells from "./TodoistCells.ts"
import { parseDate, parseRepeating } from "./TodoistDates.ts"

const maxTitle = 200
const maxDescription = 2000

const isTitle = Schema.is(Imported.task.fields.title)
export const isDescription = Schema.is(Imported.task.fields.description)

export const notStorable = "Must not contain NUL characters"

/** The cells of a row by the names of their columns. */
export type Row = (column: string) => string

const maxIndent = 5

const givenIndentOf = (row: Row) => Math.max(Math.trunc(Number(row("INDENT"))) || 1, 1)

/** Tasks are nested by their indentation, from 1 to 5. */
export const indentOf = (row: Row) => Math.min(givenIndentOf(row), maxIndent)

/** The description: the whole title if it is too long, the description of the row, and a second deadline. */
const parseText = (row: Row, title: string) => {
  const deadline = row("DEADLINE").trim()
  const isBeside = deadline !== "" && row("DATE").trim() !== ""
  const parts = [
    Cells.truncate(title, maxTitle) === title ? "" : title,
    row("DESCRIPTION").trim(),
    isBeside ? `Deadline: ${deadline}` : ""
  ]
  return parts.filter((part) => part !== "").join("\n\n")
}

const leftOut = (row: Row, column: string) =>
  row(column).trim() === "" ? undefined : `${column}: ${JSON.stringify(row(column).trim())} is not imported`

/** The deadline is the due date of a task without a date, and otherwise part of the description. */
const parseDue = (row: Row, now: number): Cells.CellValue<Pick<ImportedTask, "due" | "recurrence">> => {
  const repeating = parseRepeating(row("DATE"), row("DATE_LANG"), row("TIMEZONE"), now)
  if (repeating !== undefined) return { value: repeating }
  const column = row("DATE").trim() === "" ? "DEADLINE" : "DATE"
  const { value, warning } = parseDate(row(column), row(`${column}_LANG`) || row("DATE_LANG"), row("TIMEZONE"))
  const due = { due: value, recurrence: null }
  return warning === undefined ? { value: due } : { value: due, warning: `${column}: ${warning}` }
}

/** A row of the type "task", or why it is no task. What repeats is first due from `now` on: the file does not say. */
export const parseTask = (row: Row, now: number) => {
  const { labels, surplus, title } = Cells.parseContent(row("CONTENT"))
  if (title === "") return { error: "CONTENT: Must not be blank" }
  const shortTitle = Cells.truncate(title, maxTitle)
  if (!isStorable(title)) return { error: `CONTENT: ${notStorable}` }
  if (!isTitle(shortTitle)) return { error: "CONTENT: Must not be blank" }
  const text = parseText(row, title)
  if (!isStorable(text)) return { error: `DESCRIPTION: ${notStorable}` }
  const description = Cells.truncate(text, maxDescription)
  const priority = Cells.parsePriority(row("PRIORITY"))
  const due = parseDue(row, now)
  const warnings = [
    shortTitle === title ? undefined : "CONTENT: Has over 200 characters; the whole text is in the description",
    surplus.length > 0 ? `CONTENT: Has over 50 labels; not imported: @${surplus.join(" @")}` : undefined,
    description === text ? undefined : "DESCRIPTION: Was cut after 2000 characters",
    priority.warning,
    givenIndentOf(row) > maxIndent
      ? `INDENT: ${givenIndentOf(row)} is more than the ${maxIndent} levels; imported at level ${maxIndent}`
      : undefined,
    due.warning,
    leftOut(row, "RESPONSIBLE"),
    leftOut(row, "DURATION")
  ]
  return {
    fields: {
      title: shortTitle,
      description: description === "" ? null : description,
      priority: priority.value,
      ...due.value
    },
    labels,
    warnings: warnings.filter((warning) => warning !== undefined)
  }
}
