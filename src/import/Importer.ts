import { Console, Effect, Stream } from "effect"
import type { ImportedTask, RecordType } from "../domain/AccountExport.ts"
import type { TagId } from "../domain/Tag.ts"
import type { TaskId } from "../domain/Task.ts"
import type { UserId } from "../domain/User.ts"
import { AccountRepo } from "../repositories/AccountRepo.ts"
import type { Parent, TaskOutcome } from "../repositories/ImportQueries.ts"
import type { ImportEntry, ImportRecord } from "./ImportEntry.ts"
import type { ImportOutcome, ImportSummary } from "./ImportSummary.ts"

// A batch is one statement, which must end within the query timeout.
const batchSize = 500

type RecordOf<Type extends RecordType> = Extract<ImportRecord, { readonly type: Type }>["value"]

class ImportCounter implements ImportSummary {
  readonly counts = {
    added: { project: 0, tag: 0, task: 0, completion: 0 },
    restored: { project: 0, tag: 0, task: 0, completion: 0 },
    present: { project: 0, tag: 0, task: 0, completion: 0 }
  }
  rejectedLines = 0
  warnings = 0

  count(type: RecordType, outcome: ImportOutcome) {
    this.counts[outcome][type]++
  }

  settle(line: number, type: RecordType, outcome: ImportOutcome | "refused", refusal: string) {
    return outcome === "refused" ? this.reject(line, [refusal]) : Effect.sync(() => this.count(type, outcome))
  }

  reject(line: number, errors: ReadonlyArray<string>) {
    this.rejectedLines++
    return Effect.forEach(errors, (error) => Console.error(`line ${line}: error: ${error}`), { discard: true })
  }

  warn(line: number, warning: string) {
    this.warnings++
    return Console.error(`line ${line}: warning: ${warning}`)
  }
}

type Key = { readonly id: string } | { readonly task_id: TaskId; readonly version: number }

const keyOf = (value: Key) => ("id" in value ? value.id : `${value.task_id} ${value.version}`)

/** The records of one type in a batch, by id. Of several lines with one id the first is imported, the others are present. */
const recordsOf = <Type extends RecordType>(batch: ReadonlyArray<ImportEntry>, type: Type, counter: ImportCounter) => {
  const records = new Map<string, { readonly line: number; readonly value: RecordOf<Type> }>()
  for (const entry of batch) {
    if (!("record" in entry) || entry.record.type !== type) continue
    const value = entry.record.value as RecordOf<Type>
    const key = keyOf(value)
    if (records.has(key)) counter.count(type, "present")
    else records.set(key, { line: entry.line, value })
  }
  return records
}

/** Writes records, and yields each with its outcome in the order of the file: the database returns them in any order. */
const write = <Value, Outcome extends Key>(
  records: ReadonlyMap<string, { readonly line: number; readonly value: Value }>,
  restore: (values: ReadonlyArray<Value>) => Effect.Effect<ReadonlyArray<Outcome>>
) => {
  if (records.size === 0) return Effect.succeed([])
  const values = Array.from(records.values(), ({ value }) => value)
  return Effect.map(restore(values), (outcomes) => {
    const byKey = new Map(outcomes.map((outcome) => [keyOf(outcome), outcome]))
    return Array.from(records).flatMap(([key, record]) => {
      const result = byKey.get(key)
      return result === undefined ? [] : [{ ...record, result }]
    })
  })
}

const errorsOf = ({ lacks_project, lacks_tags }: TaskOutcome) => [
  ...(lacks_project ? ["project_id: No such project is in the file or in the account"] : []),
  ...(lacks_tags.length > 0 ? ["tag_ids: No such tag is in the file or in the account"] : [])
]

const overQuota = (type: RecordType) => `The account has as many ${type}s as it may have`

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
  const counter = new ImportCounter()
  /** Tags that the account has under another id. */
  const aliases = new Map<TagId, TagId>()

  const printMessages = Effect.fnUntraced(function* (batch: ReadonlyArray<ImportEntry>) {
    for (const entry of batch) {
      if ("errors" in entry) yield* counter.reject(entry.line, entry.errors)
      if ("warning" in entry) yield* counter.warn(entry.line, entry.warning)
    }
  })

  const importProjects = Effect.fnUntraced(function* (batch: ReadonlyArray<ImportEntry>) {
    const projects = recordsOf(batch, "project", counter)
    for (const { line, result } of yield* write(projects, (values) => account.restoreProjects(owner, values))) {
      yield* counter.settle(line, "project", result.outcome, overQuota("project"))
    }
  })

  const importTags = Effect.fnUntraced(function* (batch: ReadonlyArray<ImportEntry>) {
    const tags = recordsOf(batch, "tag", counter)
    for (const { line, result } of yield* write(tags, (values) => account.restoreTags(owner, values))) {
      yield* counter.settle(line, "tag", result.outcome, overQuota("tag"))
      if (result.known_as !== result.id) aliases.set(result.id, result.known_as)
    }
  })

  /** Set after all tasks, because a parent may come after its subtasks in the file. */
  const parents: Array<Parent & { readonly line: number }> = []
  const newTasks = new Set<TaskId>()

  const importTasks = Effect.fnUntraced(function* (batch: ReadonlyArray<ImportEntry>) {
    const tasks = recordsOf(batch, "task", counter)
    const restore = (values: ReadonlyArray<ImportedTask>) =>
      account.restoreTasks(
        owner,
        values.map((task) => replaceTags(task, aliases))
      )
    for (const { line, result, value } of yield* write(tasks, restore)) {
      const { id, outcome } = result
      const errors = errorsOf(result)
      if (errors.length > 0) yield* counter.reject(line, errors)
      else yield* counter.settle(line, "task", outcome, overQuota("task"))
      if (outcome === "added" || outcome === "restored") newTasks.add(id)
      const { parent_id = null, version } = value
      if (parent_id === null || errors.length > 0 || outcome === "refused") continue
      parents.push({ line, id, parent_id, version: outcome === "present" ? version : null })
    }
  })

  const importParents = Effect.fnUntraced(function* (batch: typeof parents) {
    const found = new Set<TaskId>()
    for (const isParentNew of [true, false]) {
      const rows = batch.filter(({ parent_id }) => newTasks.has(parent_id) === isParentNew)
      if (rows.length === 0) continue
      for (const id of yield* account.restoreParents(owner, rows, isParentNew)) found.add(id)
    }
    for (const { id, line, version } of batch) {
      if (version === null && !found.has(id)) yield* counter.warn(line, withoutParent)
    }
  })

  const importCompletions = Effect.fnUntraced(function* (batch: ReadonlyArray<ImportEntry>) {
    const completions = recordsOf(batch, "completion", counter)
    for (const { line, result } of yield* write(completions, (values) => account.restoreCompletions(owner, values))) {
      yield* counter.settle(line, "completion", result.outcome, unknownVersion)
    }
  })

  let read = 0
  let analyzed = 0
  yield* Stream.runForEach(
    Stream.grouped(entries, batchSize),
    Effect.fnUntraced(function* (batch) {
      yield* printMessages(batch)
      // Tasks refer to projects and tags, completions to tasks.
      yield* importProjects(batch)
      yield* importTags(batch)
      yield* importTasks(batch)
      yield* importCompletions(batch)
      read += batch.length
      if (read < 2 * analyzed) return
      yield* account.updateStatistics(read)
      analyzed = read
    })
  )
  for (let n = 0; n < parents.length; n += batchSize) yield* importParents(parents.slice(n, n + batchSize))
  return counter as ImportSummary
})
