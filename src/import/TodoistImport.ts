import { Schema, Stream } from "effect"
import { v5 } from "uuid"
import { Imported, type ImportedTask } from "../domain/AccountExport.ts"
import { ProjectId } from "../domain/Project.ts"
import { TagId } from "../domain/Tag.ts"
import { TaskId } from "../domain/Task.ts"
import * as CsvRecords from "./CsvRecords.ts"
import type { ImportEntry } from "./Importer.ts"
import type { Line } from "./Lines.ts"
import { positionAt } from "./Positions.ts"
import { isHeader, truncate, unknownColumns } from "./TodoistCells.ts"
import { indentOf, isDescription, notStorable, parseTask, type Row } from "./TodoistTask.ts"

const isProjectName = Schema.is(Imported.project.fields.name)

// Todoist's CSV has no ids. The same name always gets the same id (RFC 9562, section 5.5), so that a file which is
// imported again finds its rows.
const namespace = "5a0d2c3e-7b1f-4c48-9e6d-0a9b8c7d6e5f"
const idOf = (...names: ReadonlyArray<string>) => v5(JSON.stringify(names), namespace)

/** Names that differ in case or normal form only are one tag, in all files. */
const tagIdOf = (name: string) => TagId.make(idOf("tag", name.normalize("NFC").toLowerCase()))

/** Reads the records of a file from top to bottom. It keeps a task until the next one, because notes may follow. */
const makeReader = (fileName: string, startTime: number) => {
  const file = fileName
    .normalize("NFC")
    .replace(/\.csv$/i, "")
    .trim()
  // Two projects with one name are files that differ in Todoist's id.
  const projectId = ProjectId.make(idOf("project", file))
  const seenTasks = new Map<string, number>()
  const seenTags = new Set<string>()
  let columns: ReadonlyArray<string> = []
  let pending: { readonly line: number; readonly task: ImportedTask } | undefined
  /** The last task of each level, or undefined where it was not imported. */
  let parents: ReadonlyArray<TaskId | undefined> = []

  /** A millisecond for each line, so that lists by `created_at` keep the order of the file. */
  const times = (line: number) => {
    const time = new Date(startTime + line).toISOString()
    return { version: 1, created_at: time, updated_at: time }
  }

  /** From the cells of the row and how often they have occurred: two equal rows are two tasks. */
  const nextTaskId = (cells: ReadonlyArray<string>) => {
    const id = idOf("task", file, ...cells)
    const count = seenTasks.get(id) ?? 0
    seenTasks.set(id, count + 1)
    return TaskId.make(count === 0 ? id : idOf(id, String(count)))
  }

  const end = (): ReadonlyArray<ImportEntry> => {
    const last = pending
    pending = undefined
    return last === undefined ? [] : [{ line: last.line, record: { type: "task", value: last.task } }]
  }

  /** The name in a file name as Todoist writes it: `Garden.csv`, or `Garden [2203306141].csv` in a backup. */
  const project = (line: number): ImportEntry => {
    const name = truncate(file.replace(/\s*\[\w+\]$/, ""), 200)
    const value = {
      id: projectId,
      name: isProjectName(name) ? name : "Imported",
      description: null,
      color: null,
      archived: false,
      ...times(line)
    }
    return { line, record: { type: "project", value } }
  }

  const readHeader = (line: number, cells: ReadonlyArray<string>): ReadonlyArray<ImportEntry> => {
    const names = cells.map((cell) => cell.trim().toUpperCase())
    if (!isHeader(names)) {
      // Spreadsheets name the delimiter in the first line.
      if (/^SEP=/.test(names[0] ?? "")) return []
      return [{ line, errors: ["Must not come before the header"] }]
    }
    columns = names
    const unknown = unknownColumns(names)
    const repeated = names.filter((column, n) => column !== "" && names.indexOf(column) < n)
    const warnings = [
      ...(unknown.length > 0 ? [`columns that are not known are not imported: ${unknown.join(", ")}`] : []),
      ...(repeated.length > 0
        ? [`of columns that occur again, only the first is imported: ${repeated.join(", ")}`]
        : [])
    ]
    return [...warnings.map((warning) => ({ line, warning })), project(line)]
  }

  const readTag = (line: number, name: string): ReadonlyArray<ImportEntry> => {
    const id = tagIdOf(name)
    if (seenTags.has(id)) return []
    seenTags.add(id)
    return [{ line, record: { type: "tag", value: { id, name, color: null, ...times(line) } } }]
  }

  const readTask = (line: number, cells: ReadonlyArray<string>, row: Row): ReadonlyArray<ImportEntry> => {
    const parsed = parseTask(row, startTime)
    const above = parents.slice(0, indentOf(row) - 1)
    if ("error" in parsed) {
      parents = [...above, undefined]
      return [{ line, errors: [parsed.error] }]
    }
    const id = nextTaskId(cells)
    parents = [...above, id]
    const parent = above.findLast((parent) => parent !== undefined)
    const task: ImportedTask = {
      id,
      ...parsed.fields,
      status: "pending",
      project_id: projectId,
      parent_id: parent ?? null,
      tag_ids: parsed.labels.map(tagIdOf),
      position: positionAt((startTime + line) * 1000),
      completed_at: null,
      ...times(line)
    }
    pending = { line, task }
    return [
      ...parsed.labels.flatMap((name) => readTag(line, name)),
      ...parsed.warnings.map((warning) => ({ line, warning })),
      ...(above.length < indentOf(row) - 1 || above.at(-1) !== parent
        ? [{ line, warning: "INDENT: the task above it was not imported; imported one level up" }]
        : [])
    ]
  }

  const readNote = (line: number, text: string): ReadonlyArray<ImportEntry> => {
    if (text === "") return []
    if (text.includes("\0")) return [{ line, errors: [`CONTENT: ${notStorable}`] }]
    if (pending === undefined)
      return [{ line, warning: "note: not imported, because there is no imported task above it" }]
    const { task } = pending
    const description = task.description === null ? text : `${task.description}\n\n${text}`
    if (!isDescription(description)) {
      return [{ line, warning: "note: not imported, because the description would have over 2000 characters" }]
    }
    pending = { ...pending, task: { ...task, description } }
    return []
  }

  const readRow = (line: number, cells: ReadonlyArray<string>, row: Row): ReadonlyArray<ImportEntry> => {
    const content = row("CONTENT").trim()
    switch (row("TYPE").trim().toLowerCase()) {
      case "task":
        return [...end(), ...readTask(line, cells, row)]
      case "note":
        return readNote(line, content)
      case "section": {
        parents = []
        const name = JSON.stringify(content)
        return [
          ...end(),
          { line, warning: `section: ${name} is not imported; its tasks are imported into the project` }
        ]
      }
      case "meta":
        if (content.startsWith("view_style=")) return []
        return [{ line, warning: `meta: ${JSON.stringify(content)} is not imported` }]
      default:
        return [...end(), { line, errors: ["TYPE: Must be task, section, note or meta"] }]
    }
  }

  const read = ({ cells, error, line }: CsvRecords.CsvRecord): ReadonlyArray<ImportEntry> => {
    // What kind of row it was is not known: notes below it may not belong to the task above it.
    if (error !== undefined) return [...end(), { line, errors: [error] }]
    if (cells.every((cell) => cell.trim() === "")) return []
    if (columns.length === 0) return readHeader(line, cells)
    if (cells.slice(columns.length).some((cell) => cell !== "")) {
      return [...end(), { line, errors: ["Must not have more cells than the header"] }]
    }
    const normalized = cells.map((cell) => cell.normalize("NFC"))
    return readRow(line, normalized, (column) => normalized[columns.indexOf(column)] ?? "")
  }

  return { read, end }
}

/** The project that a file holds, its labels as tags, and its tasks. The file's first line is of `startTime`. */
export const readTodoist = <E, R>(
  lines: Stream.Stream<Line, E, R>,
  file: { readonly name: string; readonly delimiter: string; readonly startTime: number }
): Stream.Stream<ImportEntry, E, R> =>
  Stream.mapAccum(
    CsvRecords.records(lines, file.delimiter),
    () => makeReader(file.name, file.startTime),
    (reader, record) => [reader, reader.read(record)],
    { onHalt: (reader) => reader.end() }
  )
