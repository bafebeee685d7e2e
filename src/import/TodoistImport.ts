import { createHash } from "node:crypto"
import { Schema, Stream } from "effect"
import { Imported, type ImportedTask } from "../domain/AccountExport.ts"
import { ProjectId } from "../domain/Project.ts"
import { TagId } from "../domain/Tag.ts"
import { TaskId } from "../domain/Task.ts"
import * as CsvRecords from "./CsvRecords.ts"
import type { Entry } from "./Importer.ts"
import type { Line } from "./Lines.ts"
import * as Cells from "./TodoistCells.ts"

const header = /^\uFEFF?"?TYPE"?([,;\t])"?CONTENT"?(?:[,;\t]|$)/

/** What separates the cells, if this is the first line of a CSV file of Todoist's. */
export const delimiterOf = (line: string) => header.exec(line)?.[1]

// RFC 9562, section 5.5: the same name always gets the same id, so a file that is imported again finds
// its rows there. Todoist's CSV has no ids.
const space = Buffer.from("5a0d2c3e7b1f4c489e6d0a9b8c7d6e5f", "hex")
const idOf = (...names: ReadonlyArray<string>) => {
  const hash = createHash("sha1").update(space).update(JSON.stringify(names)).digest().subarray(0, 16)
  hash[6] = ((hash[6] ?? 0) & 0x0f) | 0x50
  hash[8] = ((hash[8] ?? 0) & 0x3f) | 0x80
  return hash.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5")
}

/** The project is named by the file; a backup adds Todoist's own id to that: `Garden [2203306141].csv`. */
const projectOf = (fileName: string) =>
  Cells.cut(
    fileName
      .replace(/\.csv$/i, "")
      .replace(/\s*\[\w+\]$/, "")
      .trim() || "Imported",
    200
  )

const isTitle = Schema.is(Imported.task.fields.title)
const isDescription = Schema.is(Imported.task.fields.description)

interface Pending {
  readonly line: number
  readonly task: ImportedTask
}

/** Walks the records from top to bottom. A task is held back by one record at least: notes on it may follow. */
class Reader {
  private columns: ReadonlyArray<string> = []
  private pending: Pending | undefined
  private readonly seen = new Map<string, number>()
  private readonly tags = new Set<string>()
  private readonly project: string
  /** Microseconds, of which each task takes one. */
  private place: number
  private readonly times: { readonly version: number; readonly created_at: string; readonly updated_at: string }

  constructor(fileName: string, now: Date) {
    this.project = projectOf(fileName)
    this.place = now.getTime() * 1000
    this.times = { version: 1, created_at: now.toISOString(), updated_at: now.toISOString() }
  }

  take({ cells, line, lost }: CsvRecords.Record): ReadonlyArray<Entry> {
    if (lost !== undefined) return [{ line, lost: [lost] }]
    if (cells.every((cell) => cell.trim() === "")) return []
    if (this.columns.length === 0) return this.begin(line, cells)
    if (cells.slice(this.columns.length).some((cell) => cell !== "")) {
      return [{ line, lost: ["Must not have more cells than the header"] }]
    }
    const cell = (name: string) => cells[this.columns.indexOf(name)] ?? ""
    const type = cell("TYPE").trim().toLowerCase()
    switch (type) {
      case "task":
        return [...this.end(), ...this.hold(line, cells, cell)]
      case "note":
        return this.note(line, cell("CONTENT").trim())
      case "section": {
        const name = JSON.stringify(cell("CONTENT"))
        return [{ line, warning: `section: Is left out, its tasks are in the project: ${name}` }]
      }
      case "meta":
      case "":
        // How the project is shown; and rows that only separate.
        return []
      default:
        return [{ line, lost: ["TYPE: Must be task, section, note or meta"] }]
    }
  }

  end(): ReadonlyArray<Entry> {
    const { pending } = this
    this.pending = undefined
    return pending === undefined ? [] : [{ line: pending.line, row: { type: "task", value: pending.task } }]
  }

  private begin(line: number, cells: ReadonlyArray<string>): ReadonlyArray<Entry> {
    const columns = cells.map((cell) => cell.trim().toUpperCase())
    if (!columns.includes("TYPE") || !columns.includes("CONTENT")) return [{ line, lost: ["Stands before the header"] }]
    this.columns = columns
    const id = ProjectId.make(idOf("project", this.project))
    const value = { id, name: this.project, description: null, color: null, archived: false, ...this.times }
    return [{ line, row: { type: "project", value } }]
  }

  private hold(line: number, cells: ReadonlyArray<string>, cell: (name: string) => string): ReadonlyArray<Entry> {
    const { labels, title } = Cells.content(cell("CONTENT"))
    if (title === "") return [{ line, lost: ["CONTENT: Must not be blank"] }]
    if (!isTitle(Cells.cut(title, 200))) return [{ line, lost: ["CONTENT: Must not contain NUL"] }]
    const isLong = Cells.cut(title, 200) !== title
    const text = [isLong ? title : "", cell("DESCRIPTION").trim()].filter((part) => part !== "").join("\n\n")
    const description = Cells.cut(text, 2000)
    if (!isDescription(description)) return [{ line, lost: ["DESCRIPTION: Must not contain NUL"] }]
    const priority = Cells.priority(cell("PRIORITY"))
    const due = Cells.date(cell("DATE").trim() || cell("DEADLINE"), cell("TIMEZONE"))
    this.pending = {
      line,
      task: {
        id: TaskId.make(this.taskId(cells)),
        title: Cells.cut(title, 200),
        description: description === "" ? null : description,
        status: "pending",
        priority: priority.value,
        due_at: due.value,
        project_id: ProjectId.make(idOf("project", this.project)),
        tag_ids: labels.map((name) => TagId.make(idOf("tag", name.toLowerCase()))),
        position: this.position(),
        completed_at: null,
        ...this.times
      }
    }
    const warnings = [
      isLong ? "CONTENT: Is over 200 characters, the whole is in the description" : undefined,
      description === text ? undefined : "DESCRIPTION: Is cut after 2000 characters",
      priority.warning,
      due.warning,
      Number(cell("INDENT") || "1") > 1 ? "INDENT: Is a sub-task, now a task of its own" : undefined
    ]
    return [
      ...labels.flatMap((name) => this.tag(line, name)),
      ...warnings.filter((words) => words !== undefined).map((words) => ({ line, warning: words }))
    ]
  }

  private tag(line: number, name: string): ReadonlyArray<Entry> {
    const key = name.toLowerCase()
    if (this.tags.has(key)) return []
    this.tags.add(key)
    return [
      { line, row: { type: "tag", value: { id: TagId.make(idOf("tag", key)), name, color: null, ...this.times } } }
    ]
  }

  private note(line: number, text: string): ReadonlyArray<Entry> {
    if (text === "") return []
    if (this.pending === undefined) return [{ line, warning: "note: Is left out, there is no task above it" }]
    const { task } = this.pending
    const description = task.description === null ? text : `${task.description}\n\n${text}`
    if (!isDescription(description)) {
      return [{ line, warning: "note: Is left out, the description would be over 2000 characters" }]
    }
    this.pending = { ...this.pending, task: { ...task, description } }
    return []
  }

  /** From what the row says, and how often the file has said just that: two equal rows are two tasks. */
  private taskId(cells: ReadonlyArray<string>) {
    const id = idOf("task", this.project, ...cells)
    const before = this.seen.get(id) ?? 0
    this.seen.set(id, before + 1)
    return before === 0 ? id : idOf(id, String(before))
  }

  /** In the order of the file, at the end of the list: as the database places tasks, a microsecond apart. */
  private position() {
    return `n${(this.place++).toString(16).padStart(14, "0")}`
  }
}

/** The rows of a project that Todoist exported: a project, its labels as tags, its tasks. */
export const readTodoist = <E, R>(
  lines: Stream.Stream<Line, E, R>,
  delimiter: string,
  fileName: string,
  now: Date
): Stream.Stream<Entry, E, R> =>
  Stream.mapAccum(
    CsvRecords.records(
      // The mark at the beginning would belong to the name of the first column.
      Stream.map(lines, (line) => (line.number === 1 ? { ...line, text: line.text.replace(/^\uFEFF/, "") } : line)),
      delimiter
    ),
    () => new Reader(fileName, now),
    (reader, record) => [reader, reader.take(record)],
    { onHalt: (reader) => reader.end() }
  )
