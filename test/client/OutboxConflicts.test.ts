import { assert, describe, it } from "@effect/vitest"
import type { Task } from "../../src/client/index.ts"
import { ConflictError, newTask, undoOf } from "../../src/client/outbox/index.ts"
import { eventually } from "../support/Eventually.ts"

import { empty, type Server, start, statuses, task, versioned } from "./OutboxFixture.ts"

describe("Outbox with conflicts", () => {
  it("merges edits of different fields", async () => {
    const server = versioned({ ...task, priority: "high", version: 2 })
    const outbox = start({ update: server.update })
    outbox.add({ op: "update", task, change: { title: "Buy oat milk" } })
    await empty(outbox)
    assert.deepInclude(server.current(), { title: "Buy oat milk", priority: "high" })
  })

  it("asks only for the field that both sides changed, and continues with other tasks meanwhile", async () => {
    const server = versioned({ ...task, title: "Buy bread", priority: "high", version: 2 })
    const outbox = start({ update: server.update, create: async (fields) => ({ ...task, ...fields }) as Task })
    outbox.add({ op: "update", task, change: { title: "Buy oat milk", status: "completed" } })
    outbox.add({ op: "delete", task })
    const other = newTask({ id: "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4f", title: "Other" })
    outbox.add(other)
    await eventually(() => assert.deepStrictEqual(statuses(outbox), ["conflict", "waiting"]))
    const [entry] = outbox.entries()
    assert.deepStrictEqual(entry?.error instanceof ConflictError && entry.error.fields, ["title"])
    outbox.discard(outbox.entries()[1]?.key ?? "")
    outbox.resolve(entry?.key ?? "", "mine")
    await empty(outbox)
    assert.deepInclude(server.current(), { title: "Buy oat milk", status: "completed", priority: "high" })
  })

  it("asks for a field that another device changed before an earlier write was merged with that change", async () => {
    const server = versioned({ ...task, description: "oat, if they have it", version: 2 })
    const outbox = start({ update: server.update, delete: server.delete })
    const title = { title: "Buy oat milk" }
    outbox.add({ op: "update", task, change: title })
    outbox.add({ op: "update", task: { ...task, ...title }, change: { description: "two bottles" } })
    outbox.add({ op: "delete", task: { ...task, ...title, description: "two bottles" } })
    await eventually(() => assert.deepStrictEqual(statuses(outbox), ["conflict", "waiting"]))
    const [entry] = outbox.entries()
    assert.deepStrictEqual(entry?.error instanceof ConflictError && entry.error.fields, ["description"])
    assert.deepInclude(server.current(), { ...title, description: "oat, if they have it" })
    outbox.resolve(entry?.key ?? "", "saved")
    await eventually(() => assert.deepStrictEqual(statuses(outbox), ["conflict"]))
  })

  it("takes none of the user's own writes for another device's, also after a deletion and what was undone", async () => {
    const server = versioned(task)
    const restore: Server["restore"] = async () => server.bump()
    const outbox = start({ update: server.update, delete: server.delete, restore })
    const rename = { op: "update", task, change: { title: "Buy oat milk" } } as const
    const removed = { ...task, title: "Buy oat milk" }
    const describe = { op: "update", task: removed, change: { description: "two bottles" } } as const
    outbox.add(rename)
    outbox.add({ op: "delete", task: removed })
    outbox.add({ op: "restore", task: removed })
    outbox.add(describe)
    outbox.add({ op: "update", task: { ...removed, description: "two bottles" }, change: { title: "Buy soy milk" } })
    for (const write of [undoOf(describe), undoOf(rename)]) if (write !== undefined) outbox.add(write)
    outbox.add({ op: "delete", task })
    await empty(outbox)
    assert.deepInclude(server.current(), { title: "Buy milk", description: null })
  })

  it("drops the user's change and reports the saved version when that is kept", async () => {
    const server = versioned({ ...task, title: "Buy bread", version: 2 })
    const outbox = start({ update: server.update })
    outbox.add({ op: "update", task, change: { title: "Buy oat milk" } })
    await eventually(() => assert.deepStrictEqual(statuses(outbox), ["conflict"]))
    const results: Array<Task | undefined> = []
    outbox.onResult((_, result) => results.push(result))
    outbox.resolve(outbox.entries()[0]?.key ?? "", "saved")
    assert.deepStrictEqual(results, [server.current()])
    assert.lengthOf(outbox.entries(), 0)
    assert.strictEqual(server.current().title, "Buy bread")
  })

  it("undoes an update without a conflict", async () => {
    const server = versioned(task)
    const outbox = start({ update: server.update })
    const change = { op: "update", task, change: { status: "completed" } } as const
    outbox.add(change)
    await empty(outbox)
    const undo = undoOf(change)
    assert.isDefined(undo)
    if (undo !== undefined) outbox.add(undo)
    await empty(outbox)
    assert.strictEqual(server.current().status, "pending")
  })
})
