import type { RecordType } from "../domain/AccountExport.ts"

/** What an import did with a record: a task in the trash is restored, an existing row is not changed. */
export type ImportOutcome = "added" | "restored" | "present"

/** Counts of records by outcome and type, and of lines. */
export interface ImportSummary {
  readonly counts: { readonly [outcome in ImportOutcome]: Readonly<Record<RecordType, number>> }
  readonly rejectedLines: number
  readonly warnings: number
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
