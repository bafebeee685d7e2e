import { Effect, Stream } from "effect"
import type { ImportedOf, ImportedTask, RecordType } from "../domain/AccountExport.ts"
import type { TagId } from "../domain/Tag.ts"
import type { TaskId } from "../domain/Task.ts"
import type { UserId } from "../domain/User.ts"
import { AccountRepo } from "../repositories/AccountRepo.ts"
import type { Outcomes, Parent } from "../repositories/ImportQueries.ts"
import { type ImportOutcome, ImportSummary } from "./ImportSummary.ts"

export type ImportRecord = {
  readonly [Type in RecordType]: { readonly type: Type; readonly value: ImportedOf<Type> }
}[RecordType]

/** What a file format reads from a line: a record to import, why there is none, or what was left out or changed. */
export type ImportEntry =
  | { readonly line: number; readonly record: ImportRecord }
  | { readonly line: number; readonly errors: ReadonlyArray<string> }
  | { readonly line: number; readonly warning: string }

// A batch is one statement, which should end within the query timeout.
const batchSize = 500

type Key = { readonly id: string } | { readonly task_id: TaskId; readonly version: number }

const keyOf = (value: Key) => ("id" in value ? value.id : `${value.task_id} ${value.version}`)

const quotaErrors = (type: RecordType) => [`The account has as many ${type}s as it may have`]

const taskErrors = ({ lacks_project, lacks_tags }: Outcomes["task"]) => {
  if (!lacks_project && lacks_tags.length === 0) return quotaErrors("task")
  return [
    ...(lacks_project ? ["project_id: No such project is in the file or in the account"] : []),
    ...(lacks_tags.length > 0 ? ["tag_ids: No such tag is in the file or in the account"] : [])
  ]
}

const withoutParent = "parent_id: There is no such task, or it cannot have this subtask; imported without a parent"
const unknownVersion = "task_id: No such task with a later version is in the file or in the account"

/** Uses the account's own tags. Two tags of the file can be the same one. */
const replaceTags = (task: ImportedTask, aliases: ReadonlyMap<TagId, TagId>): ImportedTask =>
  aliases.size === 0 ? task : { ...task, tag_ids: Array.from(new Set(task.tag_ids.map((id) => aliases.get(id) ?? id))) }

/**
 * Imports records into an account in batches. Prints every warning and every error to stderr with its line. An
 * import that was interrupted can be run again: records that exist are counted as present.
 */
export const importRecords = Effect.fnUntraced(function* <E, R>(
  owner: UserId,
  entries: Stream.Stream<ImportEntry, E, R>
) {
  const account = yield* AccountRepo
  const summary = new ImportSummary()
  /** Tags that the account has under another id. */
  const aliases = new Map<TagId, TagId>()

  const printMessages = Effect.fnUntraced(function* (batch: ReadonlyArray<ImportEntry>) {
    for (const entry of batch) {
      if ("errors" in entry) yield* summary.reject(entry.line, entry.errors)
      if ("warning" in entry) yield* summary.warn(entry.line, entry.warning)
    }
  })

  /**
   * Imports the records of one type, and yields what became of each, in the order of the file: the database returns them
   * in any order. Of several lines with one id the first is imported, the others are present.
   */
  const importType = Effect.fnUntraced(function* <Type extends RecordType>(
    batch: ReadonlyArray<ImportEntry>,
    type: Type,
    errorsOf: (result: Outcomes[Type]) => ReadonlyArray<string> = () => quotaErrors(type),
    prepare = (value: ImportedOf<Type>) => value
  ) {
    const records = new Map<string, { readonly line: number; readonly value: ImportedOf<Type> }>()
    for (const entry of batch) {
      if (!("record" in entry) || entry.record.type !== type) continue
      const value = entry.record.value as ImportedOf<Type>
      const key = keyOf(value)
      if (records.has(key)) summary.counts.present[type]++
      else records.set(key, { line: entry.line, value })
    }
    if (records.size === 0) return []
    const values = Array.from(records.values(), ({ value }) => prepare(value))
    const restored = yield* account.restore(owner, type, values)
    const results = new Map(restored.map((result) => [keyOf(result), result]))
    const rows = Array.from(records).flatMap(([key, record]) => {
      const result = results.get(key)
      return result === undefined ? [] : [{ ...record, result }]
    })
    for (const { line, result } of rows) {
      const { outcome }: { readonly outcome: ImportOutcome | "refused" } = result
      if (outcome === "refused") yield* summary.reject(line, errorsOf(result))
      else summary.counts[outcome][type]++
    }
    return rows
  })

  /** Set after all tasks, because a parent may come after its subtasks in the file. */
  const parents: Array<Parent & { readonly line: number }> = []
  const newTasks = new Set<TaskId>()

  const importBatch = Effect.fnUntraced(function* (batch: ReadonlyArray<ImportEntry>) {
    // Tasks refer to projects and tags, completions to tasks.
    yield* importType(batch, "project")
    const tags = yield* importType(batch, "tag")
    for (const { result } of tags) if (result.known_as !== result.id) aliases.set(result.id, result.known_as)
    const tasks = yield* importType(batch, "task", taskErrors, (task) => replaceTags(task, aliases))
    for (const { line, result, value } of tasks) {
      const { id, outcome } = result
      if (outcome === "added" || outcome === "restored") newTasks.add(id)
      const { parent_id = null, version } = value
      if (parent_id === null || outcome === "refused") continue
      parents.push({ line, id, parent_id, version: outcome === "present" ? version : null })
    }
    yield* importType(batch, "completion", () => [unknownVersion])
  })

  const importParents = Effect.fnUntraced(function* (batch: typeof parents) {
    const found = new Set<TaskId>()
    for (const isParentNew of [true, false]) {
      const rows = batch.filter(({ parent_id }) => newTasks.has(parent_id) === isParentNew)
      if (rows.length === 0) continue
      for (const id of yield* account.restoreParents(owner, rows, isParentNew)) found.add(id)
    }
    for (const { id, line, version } of batch) {
      if (version === null && !found.has(id)) yield* summary.warn(line, withoutParent)
    }
  })

  let read = 0
  let analyzed = 0
  yield* Stream.runForEach(
    Stream.grouped(entries, batchSize),
    Effect.fnUntraced(function* (batch) {
      yield* printMessages(batch)
      yield* importBatch(batch)
      read += batch.length
      if (read < 2 * analyzed) return
      yield* account.updateStatistics(read)
      analyzed = read
    })
  )
  for (let n = 0; n < parents.length; n += batchSize) yield* importParents(parents.slice(n, n + batchSize))
  return summary
})
