import { Schema, Stream } from "effect"
import { Imported, type ImportedTask } from "../domain/AccountExport.ts"
import type { TaskId } from "../domain/Task.ts"
import * as CsvRecords from "./CsvRecords.ts"
import type { ImportEntry } from "./ImportEntry.ts"
import type { Line } from "./Lines.ts"
import { positionAt } from "./Positions.ts"
import { truncate } from "./TodoistCells.ts"
import { isHeader, unknownColumns } from "./TodoistHeader.ts"
import { makeTodoistIds } from "./TodoistIds.ts"
import { indentOf, isDescription, notStorable, parseTask, type Row } from "./TodoistTask.ts"

const isProjectName = Schema.is(Imported.project.fields.name)

/** Reads the records of a file from top to bottom. It keeps a task until the next one, because notes may follow. */
class TodoistReader {
  private columns: ReadonlyArray<string> = []
  private pending: { readonly line: number; readonly task: ImportedTask } | undefined
  /** The last task of each level, or undefined where it was not imported. */
  private parents: ReadonlyArray<TaskId | undefined> = []
  private readonly seenTags = new Set<string>()
  private readonly file: string
  private readonly ids: ReturnType<typeof makeTodoistIds>
  private readonly startTime: number

  constructor(fileName: string, startTime: number) {
    this.file = fileName
      .normalize("NFC")
      .replace(/\.csv$/i, "")
      .trim()
    this.ids = makeTodoistIds(this.file)
    this.startTime = startTime
  }

  read({ cells, error, line }: CsvRecords.CsvRecord): ReadonlyArray<ImportEntry> {
    // What kind of row it was is not known: notes below it may not belong to the task above it.
    if (error !== undefined) return [...this.end(), { line, errors: [error] }]
    if (cells.every((cell) => cell.trim() === "")) return []
    if (this.columns.length === 0) return this.readHeader(line, cells)
    if (cells.slice(this.columns.length).some((cell) => cell !== "")) {
      return [...this.end(), { line, errors: ["Must not have more cells than the header"] }]
    }
    const normalized = cells.map((cell) => cell.normalize("NFC"))
    return this.readRow(line, normalized, (column) => normalized[this.columns.indexOf(column)] ?? "")
  }

  end(): ReadonlyArray<ImportEntry> {
    const { pending } = this
    this.pending = undefined
    return pending === undefined ? [] : [{ line: pending.line, record: { type: "task", value: pending.task } }]
  }

  private readHeader(line: number, cells: ReadonlyArray<string>): ReadonlyArray<ImportEntry> {
    const columns = cells.map((cell) => cell.trim().toUpperCase())
    if (!isHeader(columns)) {
      // Spreadsheets name the delimiter in the first line.
      if (/^SEP=/.test(columns[0] ?? "")) return []
      return [{ line, errors: ["Must not come before the header"] }]
    }
    this.columns = columns
    const unknown = unknownColumns(columns)
    const repeated = columns.filter((column, n) => column !== "" && columns.indexOf(column) < n)
    const warnings = [
      ...(unknown.length > 0 ? [`columns that are not known are not imported: ${unknown.join(", ")}`] : []),
      ...(repeated.length > 0
        ? [`of columns that occur again, only the first is imported: ${repeated.join(", ")}`]
        : [])
    ]
    return [...warnings.map((warning) => ({ line, warning })), this.project(line)]
  }

  private readRow(line: number, cells: ReadonlyArray<string>, row: Row): ReadonlyArray<ImportEntry> {
    const content = row("CONTENT").trim()
    switch (row("TYPE").trim().toLowerCase()) {
      case "task":
        return [...this.end(), ...this.readTask(line, cells, row)]
      case "note":
        return this.readNote(line, content)
      case "section": {
        this.parents = []
        const name = JSON.stringify(content)
        return [
          ...this.end(),
          { line, warning: `section: ${name} is not imported; its tasks are imported into the project` }
        ]
      }
      case "meta":
        if (content.startsWith("view_style=")) return []
        return [{ line, warning: `meta: ${JSON.stringify(content)} is not imported` }]
      default:
        return [...this.end(), { line, errors: ["TYPE: Must be task, section, note or meta"] }]
    }
  }

  /** The name in a file name as Todoist writes it: `Garden.csv`, or `Garden [2203306141].csv` in a backup. */
  private project(line: number): ImportEntry {
    const name = truncate(this.file.replace(/\s*\[\w+\]$/, ""), 200)
    const value = {
      id: this.ids.project,
      name: isProjectName(name) ? name : "Imported",
      description: null,
      color: null,
      archived: false,
      ...this.times(line)
    }
    return { line, record: { type: "project", value } }
  }

  private readTask(line: number, cells: ReadonlyArray<string>, row: Row): ReadonlyArray<ImportEntry> {
    const parsed = parseTask(row, this.startTime)
    const above = this.parents.slice(0, indentOf(row) - 1)
    if ("error" in parsed) {
      this.parents = [...above, undefined]
      return [{ line, errors: [parsed.error] }]
    }
    const id = this.ids.nextTask(cells)
    this.parents = [...above, id]
    const parent = above.findLast((parent) => parent !== undefined)
    const task: ImportedTask = {
      id,
      ...parsed.fields,
      status: "pending",
      project_id: this.ids.project,
      parent_id: parent ?? null,
      tag_ids: parsed.labels.map((name) => this.ids.tag(name)),
      position: positionAt((this.startTime + line) * 1000),
      completed_at: null,
      ...this.times(line)
    }
    this.pending = { line, task }
    return [
      ...parsed.labels.flatMap((name) => this.tag(line, name)),
      ...parsed.warnings.map((warning) => ({ line, warning })),
      ...(above.length < indentOf(row) - 1 || above.at(-1) !== parent
        ? [{ line, warning: "INDENT: the task above it was not imported; imported one level up" }]
        : [])
    ]
  }

  private tag(line: number, name: string): ReadonlyArray<ImportEntry> {
    const id = this.ids.tag(name)
    if (this.seenTags.has(id)) return []
    this.seenTags.add(id)
    return [{ line, record: { type: "tag", value: { id, name, color: null, ...this.times(line) } } }]
  }

  private readNote(line: number, text: string): ReadonlyArray<ImportEntry> {
    if (text === "") return []
    if (text.includes("\0")) return [{ line, errors: [`CONTENT: ${notStorable}`] }]
    if (this.pending === undefined)
      return [{ line, warning: "note: not imported, because there is no imported task above it" }]
    const { task } = this.pending
    const description = task.description === null ? text : `${task.description}\n\n${text}`
    if (!isDescription(description)) {
      return [{ line, warning: "note: not imported, because the description would have over 2000 characters" }]
    }
    this.pending = { ...this.pending, task: { ...task, description } }
    return []
  }

  /** A millisecond for each line, so that lists by `created_at` keep the order of the file. */
  private times(line: number) {
    const time = new Date(this.startTime + line).toISOString()
    return { version: 1, created_at: time, updated_at: time }
  }
}

/** The project that a file holds, its labels as tags, and its tasks. The file's first line is of `startTime`. */
export const readTodoist = <E, R>(
  lines: Stream.Stream<Line, E, R>,
  file: { readonly name: string; readonly delimiter: string; readonly startTime: number }
): Stream.Stream<ImportEntry, E, R> =>
  Stream.mapAccum(
    CsvRecords.records(lines, file.delimiter),
    () => new TodoistReader(file.name, file.startTime),
    (reader, record) => [reader, reader.read(record)],
    { onHalt: (reader) => reader.end() }
  )
