import { Console, Effect } from "effect"
import type { RecordType } from "../domain/AccountExport.ts"

/** What an import did with a record: a task in the trash is restored, an existing row is not changed. */
export type ImportOutcome = "added" | "restored" | "present"

const noRecords = { project: 0, tag: 0, task: 0, completion: 0 }

/** Counts records by outcome and type, and prints what is wrong with lines to stderr. */
export class ImportSummary {
  readonly counts = { added: { ...noRecords }, restored: { ...noRecords }, present: { ...noRecords } }
  rejectedLines = 0
  warnings = 0

  reject(line: number, errors: ReadonlyArray<string>) {
    this.rejectedLines++
    return Effect.forEach(errors, (error) => Console.error(`line ${line}: error: ${error}`), { discard: true })
  }

  warn(line: number, warning: string) {
    this.warnings++
    return Console.error(`line ${line}: warning: ${warning}`)
  }
}

const formatCount = (count: number, noun: string) => `${count} ${noun}${count === 1 ? "" : "s"}`

const formatCounts = ({ completion, project, tag, task }: Readonly<Record<RecordType, number>>) =>
  [
    formatCount(project, "project"),
    formatCount(tag, "tag"),
    formatCount(task, "task"),
    ...(completion > 0 ? [formatCount(completion, "completion")] : [])
  ].join(", ")

export const formatSummary = ({ counts, rejectedLines, warnings }: ImportSummary) =>
  [
    `imported: ${formatCounts(counts.added)}`,
    ...(counts.restored.task > 0 ? [`restored from the trash: ${formatCount(counts.restored.task, "task")}`] : []),
    `already there, not changed: ${formatCounts(counts.present)}`,
    ...(warnings > 0 ? [`warnings: ${warnings}`] : []),
    ...(rejectedLines > 0 ? [`not imported: ${formatCount(rejectedLines, "line")}`] : [])
  ].join("\n")
