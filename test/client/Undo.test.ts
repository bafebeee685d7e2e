import { assert, describe, it } from "@effect/vitest"
import { ApiError, NetworkError, type Task, type TasksResource } from "../../src/client/index.ts"
import { makeOutbox, newTask } from "../../src/client/outbox/index.ts"
import { writeTo } from "../../src/client/react/useTasks.ts"
import { eventually } from "../support/Eventually.ts"

const id = "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"
const task: Task = { ...newTask({ id, title: "Buy milk" }).task, position: "a0" }

const refuse = (code: string, status: number, members: object = {}) =>
  new ApiError({ code, status, title: "", detail: "", request_id: "r", ...members })

/** Writes a new title, to which the service answers with an error. */
const writeTitle = async (error: Error) => {
  const update = () => Promise.reject(error)
  const outbox = makeOutbox({ client: { tasks: { update } as unknown as TasksResource } })
  const { undo } = writeTo(outbox)({ op: "update", task, change: { title: "Buy oat milk" } })
  const titles = () =>
    outbox.entries().map(({ write }) => write.op === "update" && "change" in write && write.change.title)
  await eventually(() => assert.isDefined(outbox.entries()[0]?.error))
  return { outbox, undo, titles }
}

describe("useWrite", () => {
  it.each([
    ["the service refused", refuse("VALIDATION_FAILED", 422)],
    ["conflicts", refuse("TASK_VERSION_CONFLICT", 412, { current: { ...task, title: "Buy bread", version: 2 } })]
  ])("undoes a write that %s without a request", async (_, error) => {
    const { outbox, undo } = await writeTitle(error)
    undo()
    assert.deepStrictEqual(outbox.entries(), [])
    outbox.close()
  })

  it("reverses a write that may have arrived, once", async () => {
    const { outbox, titles, undo } = await writeTitle(new NetworkError("timeout", ""))
    undo()
    undo()
    assert.deepStrictEqual(titles(), ["Buy oat milk", "Buy milk"])
    outbox.close()
  })

  it("undoes nothing twice that was not sent", () => {
    const outbox = makeOutbox({ client: { tasks: {} as TasksResource } })
    outbox.close()
    const { undo } = writeTo(outbox)({ op: "update", task, change: { title: "Buy oat milk" } })
    undo()
    undo()
    assert.deepStrictEqual(outbox.entries(), [])
  })
})
