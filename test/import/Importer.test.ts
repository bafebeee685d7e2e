import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer, Stream } from "effect"
import { generateKeyBetween } from "fractional-indexing"
import type { Due } from "../../src/domain/Due.ts"
import { TaskId } from "../../src/domain/Task.ts"
import { UserId } from "../../src/domain/User.ts"
import { AccountRepo } from "../../src/repositories/AccountRepo.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { TrashRepo } from "../../src/repositories/TrashRepo.ts"
import { all } from "../support/TestDatabase.ts"
import { generateExport, toNdjson, unordered } from "./exportData.ts"
import { importText } from "./importText.ts"

const exportOf = Effect.fnUntraced(function* (owner: UserId) {
  const account = yield* AccountRepo
  return yield* Stream.runCollect(yield* account.streamAll(owner))
})

const tasksOf = (owner: UserId) =>
  Effect.map(exportOf(owner), (records) => records.filter((record) => record.type === "task"))

/** A project, a tag and a task with both, and another tag. */
const oneTask = Effect.map(generateExport(1), (records) => {
  const [project] = records.filter((record) => record.type === "project")
  const [tag, otherTag] = records.filter((record) => record.type === "tag")
  const [task] = records.filter((record) => record.type === "task")
  if (project === undefined || tag === undefined || otherTag === undefined || task === undefined)
    throw new Error("no task was generated")
  return { project, tag, otherTag, task: { ...task, project_id: project.id, tag_ids: [tag.id], position: "a0" } }
})

describe.each(all)("importRecords on %s", (_name, database) => {
  const repositories = Layer.mergeAll(AccountRepo.layer, TaskRepo.layer, TrashRepo.layer)
  const services = Layer.provideMerge(repositories, Layer.merge(database, NodeCrypto.layerSecureRandom))

  layer(services, { excludeTestServices: true, timeout: 60_000 })((it) => {
    it.effect("imports an export into another account with the same rows, and not twice", () =>
      Effect.gen(function* () {
        const [first, second] = [UserId.make("round-trip-1"), UserId.make("round-trip-2")]
        yield* importText(first, toNdjson(yield* generateExport(300)), "generated.ndjson")
        const before = yield* exportOf(first)
        const { messages, summary } = yield* importText(second, toNdjson(before), "export.ndjson")
        assert.deepStrictEqual(messages, [])
        assert.deepStrictEqual(summary.counts.added, { project: 10, tag: 10, task: 300, completion: 0 })
        const copy = before.map((record) => ({ ...record, user_id: second }))
        assert.deepStrictEqual(unordered(yield* exportOf(second)), unordered(copy))

        const again = yield* importText(second, toNdjson(before), "export.ndjson")
        assert.deepStrictEqual(again.summary.counts.present, { project: 10, tag: 10, task: 300, completion: 0 })
        assert.deepStrictEqual(unordered(yield* exportOf(second)), unordered(copy))
        assert.deepStrictEqual(yield* exportOf(first), before)
      })
    )

    it.effect("imports the completed occurrences of recurring tasks, and not twice", () =>
      Effect.gen(function* () {
        const [first, second] = [UserId.make("completions-1"), UserId.make("completions-2")]
        const tasks = yield* TaskRepo
        const recurrence = { rrule: "FREQ=DAILY", anchor: "due" } as const
        const due = { date: "2026-03-27", time: "09:00", time_zone: "Europe/Berlin" }
        const make = (title: string, due?: Due) =>
          tasks.create(first, { title, recurrence, ...(due !== undefined && { due }) })
        const ids = [(yield* make("watered", due)).id, (yield* make("without a date")).id]
        const trashed = yield* make("in the trash")
        for (const id of [...ids, trashed.id]) {
          for (let n = 0; n < 3; n++) yield* tasks.update(first, id, { status: "completed" }, undefined)
        }
        yield* tasks.remove(first, trashed.id, undefined)

        const before = yield* exportOf(first)
        assert.deepStrictEqual(
          before.map((record) => record.type),
          [...Array(2).fill("task"), ...Array(6).fill("completion")]
        )
        // In any order, since a completion may stand before its task.
        const { messages, summary } = yield* importText(second, toNdjson(before.toReversed()), "export.ndjson")
        assert.deepStrictEqual(messages, [])
        assert.deepStrictEqual(summary.counts.added, { project: 0, tag: 0, task: 2, completion: 6 })
        const copy = before.map((record) => ({ ...record, user_id: second }))
        assert.deepStrictEqual(yield* exportOf(second), copy)
        const query = { limit: 50 }
        for (const id of ids) {
          assert.deepStrictEqual(
            (yield* tasks.completions(second, id, query)).items,
            (yield* tasks.completions(first, id, query)).items
          )
        }
        // The next occurrence is recorded as any other.
        yield* tasks.update(second, ids[0] ?? trashed.id, { status: "completed" }, undefined)
        const again = yield* importText(second, toNdjson(before), "export.ndjson")
        assert.deepStrictEqual(again.summary.counts.present, { project: 0, tag: 0, task: 2, completion: 6 })
        assert.lengthOf(yield* exportOf(second), 9)
      })
    )

    it.effect("rejects a completion of an unknown task, and of a version that the task still has", () =>
      Effect.gen(function* () {
        const owner = UserId.make("odd-completions")
        const { task } = yield* oneTask
        const completion = {
          type: "completion",
          task_id: task.id,
          version: task.version,
          due: null,
          completed_at: "2026-01-01T00:00:00.000Z"
        }
        const file = toNdjson([
          { ...task, project_id: null, tag_ids: [] },
          completion,
          { ...completion, task_id: "019c2f7e-0000-7000-8000-000000000000" },
          { ...completion, version: 2 ** 31 },
          { ...completion, due: { date: "2026-02-30" } }
        ])
        const { messages, summary } = yield* importText(owner, file, "odd.ndjson")
        const unknown = "task_id: No such task with a later version is in the file or in the account"
        assert.deepStrictEqual(messages, [
          "line 4: error: version: Must be at most 1000000000",
          `line 5: error: due.date: Must be a date like 2026-12-01`,
          `line 2: error: ${unknown}`,
          `line 3: error: ${unknown}`
        ])
        assert.strictEqual(summary.rejectedLines, 4)
      })
    )

    it.effect("imports rows whose ids are in capital letters", () =>
      Effect.gen(function* () {
        const owner = UserId.make("capitals")
        const { otherTag, project, tag, task } = yield* oneTask
        const upper = (id: string) => id.toUpperCase()
        const parent = {
          ...task,
          id: TaskId.make("019c2f7e-0000-7000-8000-00000000000a"),
          project_id: null,
          tag_ids: []
        }
        const ids = { id: upper(task.id), project_id: upper(project.id), tag_ids: [upper(tag.id)] }
        const file = [parent, { ...task, ...ids, parent_id: upper(parent.id) }]
        const rows = [{ ...project, id: upper(project.id) }, tag, { ...otherTag, id: upper(otherTag.id) }, ...file]
        const { messages, summary } = yield* importText(owner, toNdjson(rows), "export.ndjson")
        assert.deepStrictEqual([messages, summary.counts.added.task], [[], 2])
        const found = (yield* tasksOf(owner)).find(({ id }) => id === task.id)
        assert.deepInclude(found, { parent_id: parent.id, project_id: project.id, tag_ids: [tag.id] })
      })
    )

    it.effect("restores a task from the trash as the file has it, with a version that it never had", () =>
      Effect.gen(function* () {
        const owner = UserId.make("restore")
        const tasks = yield* TaskRepo
        const { otherTag, project, tag, task } = yield* oneTask
        const file = toNdjson([project, tag, otherTag, task])
        const { id } = task
        yield* importText(owner, file, "export.ndjson")
        yield* tasks.update(owner, id, { title: "Changed", tag_ids: [otherTag.id], project_id: null }, undefined)
        yield* tasks.remove(owner, id, undefined)
        const { version } = (yield* (yield* TrashRepo).list(owner, {})).items[0] ?? { version: 0 }

        const { messages, summary } = yield* importText(owner, file, "export.ndjson")
        assert.deepStrictEqual(messages, [])
        assert.deepStrictEqual(summary.counts.restored, { project: 0, tag: 0, task: 1, completion: 0 })
        assert.deepStrictEqual(summary.counts.present, { project: 1, tag: 2, task: 0, completion: 0 })
        const restored = yield* tasks.find(owner, id)
        const { subtasks, updated_at, user_id, version: restoredVersion, ...content } = restored
        const { type: _, updated_at: fileTime, version: fileVersion, ...expected } = task
        assert.deepStrictEqual<unknown>(content, expected)
        assert.isAbove(restoredVersion, Math.max(version, fileVersion))
        assert.isAbove(Date.parse(updated_at), Date.parse(fileTime))
        assert.deepStrictEqual(subtasks, { total: 0, completed: 0 })
        assert.strictEqual(user_id, owner)
        assert.deepStrictEqual((yield* (yield* TrashRepo).list(owner, {})).items, [])

        const again = yield* importText(owner, file, "export.ndjson")
        assert.deepStrictEqual(again.summary.counts.present, { project: 1, tag: 2, task: 1, completion: 0 })
        assert.strictEqual((yield* tasks.find(owner, id)).version, restoredVersion)
      })
    )

    it.effect("imports a row with the highest version with one that can be incremented", () =>
      Effect.gen(function* () {
        const owner = UserId.make("version")
        const tasks = yield* TaskRepo
        const { task } = yield* oneTask
        const frozen = { ...task, project_id: null, tag_ids: [], version: 2 ** 31 - 1 }
        const { messages, summary } = yield* importText(owner, toNdjson([frozen]), "export.ndjson")
        assert.deepStrictEqual(messages, [
          "line 1: warning: version: 2147483647 is too high to be incremented; imported as 1000000000"
        ])
        assert.strictEqual(summary.counts.added.task, 1)
        const updated = yield* tasks.update(owner, task.id, { title: "Changed" }, undefined)
        assert.strictEqual(updated.version, 1_000_000_001)
      })
    )

    it.effect("imports a task without a parent if the parent is absent, below it or too deep", () =>
      Effect.gen(function* () {
        const owner = UserId.make("parents")
        const { task } = yield* oneTask
        const idOf = (n: number) => `019c2f7e-0000-7000-8000-00000000000${n}`
        // Six tasks each below the one before, two below each other, and one below a task that is nowhere.
        const parents = [null, 0, 1, 2, 3, 4, 7, 6, 9]
        const rows = parents.map((parent, n) => ({
          ...{ ...task, id: idOf(n), project_id: null, tag_ids: [], position: `a${n}` },
          parent_id: parent === null ? null : idOf(parent)
        }))
        const { messages, summary } = yield* importText(owner, toNdjson(rows), "export.ndjson")
        const warning =
          "warning: parent_id: There is no such task, or it cannot have this subtask; imported without a parent"
        assert.deepStrictEqual(
          messages,
          [6, 8, 9].map((line) => `line ${line}: ${warning}`)
        )
        assert.strictEqual(summary.counts.added.task, rows.length)
        const found = new Map((yield* tasksOf(owner)).map(({ id, parent_id }) => [String(id), parent_id]))
        assert.deepStrictEqual(
          rows.map(({ id }) => found.get(id) as string | null),
          rows.map(({ parent_id }, n) => ([5, 7, 8].includes(n) ? null : parent_id))
        )
      })
    )

    it.effect("places a task at the end of the list when its position is not a valid order key", () =>
      Effect.gen(function* () {
        const owner = UserId.make("position")
        const tasks = yield* TaskRepo
        const { task } = yield* oneTask
        const long = (length: number) => `a0${"1".repeat(length - 2)}`
        const positions = [
          "b1",
          "r00000003",
          `A${"0".repeat(26)}`,
          "a00",
          "",
          "a 1",
          "ä",
          "\0",
          long(901),
          "a1",
          long(900)
        ]
        const rows = positions.map((position, n) => ({
          ...task,
          ...{ id: `019c2f7e-0000-7000-8000-0000000000${n + 10}`, project_id: null, tag_ids: [], position }
        }))
        const { messages, summary } = yield* importText(owner, toNdjson(rows), "export.ndjson")
        assert.strictEqual(summary.counts.added.task, positions.length)
        assert.deepStrictEqual(
          messages,
          positions
            .slice(0, -2)
            .map(
              (_, n) =>
                `line ${n + 1}: warning: position: is not a valid order key; the task was placed at the end of the list`
            )
        )
        const { items } = yield* tasks.list(owner, { sort: "position" })
        assert.deepStrictEqual(
          items.map(({ id }) => Number(id.slice(-2)) - 10),
          [10, 9, 0, 1, 2, 3, 4, 5, 6, 7, 8]
        )
        assert.isTrue(items.every(({ position }) => generateKeyBetween(position, null).length <= 1000))
        for (const { id } of items) {
          const [first] = (yield* tasks.list(owner, { sort: "position", limit: 1 })).items
          if (first !== undefined && first.id !== id) yield* tasks.move(owner, first.id, { after: id }, undefined)
        }
      })
    )

    it.effect("imports two Todoist files of projects with one name as two projects", () =>
      Effect.gen(function* () {
        const owner = UserId.make("two-projects")
        const text = "TYPE,CONTENT\ntask,Same\n"
        yield* importText(owner, text, "Misc [111].csv")
        const { summary } = yield* importText(owner, text, "Misc [222].csv")
        assert.deepStrictEqual(summary.counts.added, { project: 1, tag: 0, task: 1, completion: 0 })
        const records = yield* exportOf(owner)
        const projects = records.filter((record) => record.type === "project")
        assert.deepStrictEqual(
          projects.map(({ name }) => name),
          ["Misc", "Misc"]
        )
        const [first, second] = (yield* tasksOf(owner)).map(({ project_id }) => project_id)
        assert.sameMembers(
          [first, second],
          projects.map(({ id }) => id)
        )
      })
    )

    it.effect("keeps the order of a Todoist file in created_at and position", () =>
      Effect.gen(function* () {
        const owner = UserId.make("order")
        const titles = Array.from({ length: 600 }, (_, n) => `Task ${n}`)
        const text = ["TYPE,CONTENT", ...titles.map((title) => `task,${title}`)].join("\r")
        yield* importText(owner, text, "Order.csv")
        const tasks = yield* tasksOf(owner)
        assert.deepStrictEqual(
          tasks.map(({ title }) => title),
          titles
        )
        assert.deepStrictEqual(
          tasks.map(({ position }) => position),
          tasks.map(({ position }) => position).toSorted()
        )
        assert.strictEqual(new Set(tasks.map(({ created_at }) => created_at)).size, titles.length)
      })
    )
  })
})
