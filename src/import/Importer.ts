import { Console, Effect, Stream } from "effect"
import type { ImportedProject, ImportedTag, ImportedTask, RecordType } from "../domain/AccountExport.ts"
import type { TagId } from "../domain/Tag.ts"
import type { UserId } from "../domain/User.ts"
import { AccountRepo } from "../repositories/AccountRepo.ts"

export type ImportRecord =
  | { readonly type: "project"; readonly value: ImportedProject }
  | { readonly type: "tag"; readonly value: ImportedTag }
  | { readonly type: "task"; readonly value: ImportedTask }

/** What a line turned out to be. `lost` says why nothing came of it, `warning` what of it was left out. */
export type Entry =
  | { readonly line: number; readonly row: ImportRecord }
  | { readonly line: number; readonly lost: ReadonlyArray<string> }
  | { readonly line: number; readonly warning: string }

export interface Summary {
  readonly added: Record<RecordType, number>
  readonly present: Record<RecordType, number>
  /** Lines. */
  readonly lost: number
  readonly warnings: number
}

// One statement a batch, which must end within the patience for the database.
const batchSize = 500

const nothing = (): Record<RecordType, number> => ({ project: 0, tag: 0, task: 0 })

/** Puts rows into an account as they come, batch by batch, and says on stderr of which lines something is missing. */
export const importRecords = Effect.fnUntraced(function* <E, R>(owner: UserId, entries: Stream.Stream<Entry, E, R>) {
  const account = yield* AccountRepo
  const summary = { added: nothing(), present: nothing(), lost: 0, warnings: 0 }
  /** Tags that the account has under another id. */
  const aliases = new Map<TagId, TagId>()

  const count = (type: RecordType, is_new: boolean) => summary[is_new ? "added" : "present"][type]++

  const say = (line: number, words: string) => Console.error(`line ${line}: ${words}`)

  const lose = Effect.fnUntraced(function* (line: number, faults: ReadonlyArray<string>) {
    summary.lost++
    yield* Effect.forEach(faults, (fault) => say(line, fault), { discard: true })
  })

  /** The rows of one kind by their ids: the second of an id is there already when it comes. */
  const collect = <Value extends { readonly id: string }>(
    type: RecordType,
    rows: ReadonlyArray<readonly [line: number, Value]>
  ) => {
    const values = new Map(rows.toReversed().map(([, value]) => [value.id, value]))
    for (let n = values.size; n < rows.length; n++) count(type, false)
    return Array.from(values.values())
  }

  const take = Effect.fnUntraced(function* (batch: ReadonlyArray<Entry>) {
    const projects: Array<readonly [number, ImportedProject]> = []
    const tags: Array<readonly [number, ImportedTag]> = []
    const tasks: Array<readonly [number, ImportedTask]> = []
    for (const entry of batch) {
      if ("lost" in entry) yield* lose(entry.line, entry.lost)
      else if ("warning" in entry) {
        summary.warnings++
        yield* say(entry.line, `warning: ${entry.warning}`)
      } else if (entry.row.type === "project") projects.push([entry.line, entry.row.value])
      else if (entry.row.type === "tag") tags.push([entry.line, entry.row.value])
      else tasks.push([entry.line, entry.row.value])
    }
    if (projects.length > 0) {
      const outcomes = yield* account.restoreProjects(owner, collect("project", projects))
      for (const { is_new } of outcomes) count("project", is_new)
    }
    if (tags.length > 0) {
      const outcomes = yield* account.restoreTags(owner, collect("tag", tags))
      for (const { id, is_new, known_as } of outcomes) {
        count("tag", is_new)
        if (known_as !== id) aliases.set(id, known_as)
      }
    }
    if (tasks.length > 0) {
      const lines = new Map(tasks.toReversed().map(([line, { id }]) => [id, line]))
      const named = tasks.map(([line, task]) => [line, rename(task, aliases)] as const)
      const outcomes = yield* account.restoreTasks(owner, collect("task", named))
      for (const { id, is_new, lacks_project, lacks_tags } of outcomes) {
        const faults = [
          ...(lacks_project ? ["project_id: There is no such project, in the file or the account"] : []),
          ...(lacks_tags.length > 0 ? ["tag_ids: There is no such tag, in the file or the account"] : [])
        ]
        if (faults.length > 0) yield* lose(lines.get(id) ?? 0, faults)
        else count("task", is_new)
      }
    }
  })

  yield* Stream.runForEach(Stream.grouped(entries, batchSize), take)
  return summary as Summary
})

/** Two tags of the file can be one of the account. */
const rename = (task: ImportedTask, aliases: ReadonlyMap<TagId, TagId>): ImportedTask =>
  aliases.size === 0 ? task : { ...task, tag_ids: Array.from(new Set(task.tag_ids.map((id) => aliases.get(id) ?? id))) }

const words = (counts: Record<RecordType, number>) =>
  (["project", "tag", "task"] as const)
    .map((kind) => `${counts[kind]} ${kind}${counts[kind] === 1 ? "" : "s"}`)
    .join(", ")

export const formatSummary = ({ added, lost, present, warnings }: Summary) =>
  [
    `imported: ${words(added)}`,
    `already there: ${words(present)}`,
    ...(warnings > 0 ? [`warnings: ${warnings}`] : []),
    ...(lost > 0 ? [`not imported: ${lost === 1 ? "1 line" : `${lost} lines`}`] : [])
  ].join("\n")
