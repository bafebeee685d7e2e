import { assert, describe, it } from "@effect/vitest"
import type { Task, TaskQuery } from "../../src/client/index.ts"
import { applyWrite, newTask, type TaskWrite, undoOf } from "../../src/client/outbox/index.ts"

const task = (title: string, position: string, fields: Partial<Task> = {}): Task => ({
  ...newTask({ id: title, title }).task,
  position,
  ...fields
})
const [a, b, c] = [task("a", "a1"), task("b", "a2"), task("c", "a3")]
const titles = (tasks: ReadonlyArray<Task>) => tasks.map(({ title }) => title).join("")

describe("applyWrite", () => {
  const open: TaskQuery = { status: ["pending"], sort: "-position" }

  it("shows a new task first, and at its place once the server has responded", () => {
    const write = newTask({ id: "d", title: "d" })
    assert.strictEqual(titles(applyWrite([c, b, a], write, open)), "dcba")
    assert.strictEqual(titles(applyWrite([c, b, a], write, open, task("d", "a25"))), "cdba")
    assert.strictEqual(titles(applyWrite([c, b, a], write, { ...open, status: ["completed"] })), "cba")
  })

  it("removes a completed task from a list of open ones, and puts it back at its place on undo", () => {
    const write = { op: "update", task: b, change: { status: "completed" } } as const
    const shown = applyWrite([c, b, a], write, open)
    assert.strictEqual(titles(shown), "ca")
    const undo = undoOf(write)
    assert.isDefined(undo)
    if (undo !== undefined) assert.strictEqual(titles(applyWrite(shown, undo, open)), "cba")
  })

  it("puts a restored task back at its place, but not into the result of a search", () => {
    assert.strictEqual(titles(applyWrite([c, a], { op: "restore", task: b }, open)), "cba")
    assert.strictEqual(titles(applyWrite([c, a], { op: "restore", task: b }, { ...open, q: "x" })), "ca")
  })

  it("keeps tasks without a due date last", () => {
    const due = task("d", "a4", { due_at: "2026-12-01T00:00:00.000Z" })
    assert.strictEqual(titles(applyWrite([a], { op: "restore", task: due }, { sort: "due_at" })), "da")
    assert.strictEqual(titles(applyWrite([due], { op: "restore", task: a }, { sort: "-due_at" })), "da")
  })

  it("sorts titles without regard to case, as the server does", () => {
    const [apple, banana, cherry] = ["apple", "Banana", "cherry"].map((title) => task(title, "a0")) as [
      Task,
      Task,
      Task
    ]
    const write = { op: "restore", task: banana } as const
    assert.deepStrictEqual(applyWrite([apple, cherry], write, { sort: "title" }), [apple, banana, cherry])
    assert.deepStrictEqual(applyWrite([cherry, apple], write, { sort: "-title" }), [cherry, banana, apple])
  })

  it("moves a task to its new place at once when a change concerns the order, and leaves it in a search", () => {
    const [low, high] = [task("l", "a1", { priority: "low" }), task("h", "a2", { priority: "high" })]
    const write = { op: "update", task: low, change: { priority: "high" } } as const
    assert.strictEqual(titles(applyWrite([low, high], write, { sort: "priority" })), "hl")
    assert.strictEqual(titles(applyWrite([low, high], write, { sort: "priority", q: "x" })), "lh")
    assert.strictEqual(titles(applyWrite([low, high], write, { sort: "position" })), "lh")
    const due = { op: "update", task: high, change: { due: { date: "2026-12-01" } } } as const
    assert.strictEqual(titles(applyWrite([low, high], due, { sort: "due_at" })), "hl")
  })

  it("shows several new tasks in the order in which they were added, whatever the clock of the device says", () => {
    const early = task("d", "", { created_at: "1970-01-01T00:00:00.000Z" })
    const add = (tasks: ReadonlyArray<Task>, query: TaskQuery) =>
      [early, task("e", "")].reduce(
        (shown, added) => applyWrite(shown, { ...newTask(added), task: added }, query),
        tasks
      )
    assert.strictEqual(titles(add([a], { sort: "created_at" })), "ade")
    assert.strictEqual(titles(add([a], { sort: "-created_at" })), "eda")
    assert.strictEqual(titles(add([a], { sort: "-position" })), "eda")
  })

  it("keeps a later version that has arrived before the response to a write", () => {
    const later = { ...b, title: "B", version: 3 }
    const write = { op: "update", task: b, change: { title: "x" } } as const
    assert.deepStrictEqual(applyWrite([c, later, a], write, open, { ...b, title: "x", version: 2 }), [c, later, a])
  })

  it("moves before and after in an ascending and in a descending list", () => {
    const move = { op: "move", task: c, to: "before", other: a } as const
    assert.strictEqual(titles(applyWrite([a, b, c], move, { sort: "position" })), "cab")
    assert.strictEqual(titles(applyWrite([c, b, a], move, { sort: "-position" })), "bac")
  })

  it("changes no order but the user's own by a move", () => {
    const move = { op: "move", task: c, to: "before", other: a } as const
    for (const query of [{}, { sort: "due_at" }, { sort: "-title" }] as const) {
      const moved = applyWrite([a, b, c], move, query, { ...c, position: "a0" })
      assert.strictEqual(titles(moved), "abc")
      assert.strictEqual(moved[2]?.position, "a0")
      assert.strictEqual(titles(applyWrite([a, b, c], move, query)), "abc")
    }
  })

  it.each([
    [{ sort: "position" }, "abd"],
    [{ sort: "created_at" }, "abd"],
    [{}, "dab"],
    [{ sort: "-updated_at" }, "dab"],
    [{ sort: "title" }, "abd"],
    [{ sort: "-title" }, "dab"],
    [{ q: "d" }, "ab"]
  ] as const)(
    "shows a new task where the list %o has it, although the clock of the device is wrong",
    (query, shown) => {
      const { fields, op, task } = newTask({ id: "d", title: "d" }) as Extract<TaskWrite, { op: "create" }>
      const old = { ...task, created_at: "2000-01-01T00:00:00.000Z", updated_at: "2000-01-01T00:00:00.000Z" }
      assert.strictEqual(titles(applyWrite([a, b], { op, fields, task: old }, query)), shown)
    }
  )
})
