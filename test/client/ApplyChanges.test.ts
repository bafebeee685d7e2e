import { assert, describe, it } from "@effect/vitest"
import { type InfiniteData, QueryClient, QueryObserver } from "@tanstack/react-query"
import type { Page, Tag, Task, TaskQuery } from "../../src/client/index.ts"
import { newTask } from "../../src/client/outbox/index.ts"
import { applyChanges } from "../../src/client/react/applyChanges.ts"

const taskOf = (id: string, fields: Partial<Task> = {}): Task => ({
  ...newTask({ id, title: id }).task,
  position: "a0",
  created_at: `2026-01-01T00:00:0${id.length}.000Z`,
  ...fields
})

/** A cache with one list of tasks for each of these queries. */
const cacheOf = (...lists: ReadonlyArray<readonly [TaskQuery, ReadonlyArray<ReadonlyArray<Task>>]>) => {
  const queries = new QueryClient()
  for (const [query, pages] of lists) {
    queries.setQueryData(["tasks", query], {
      pages: pages.map((items) => ({ items, next: undefined, total: undefined })),
      pageParams: pages.map(() => query)
    })
  }
  const titles = (query: TaskQuery) =>
    queries
      .getQueryData<{ pages: ReadonlyArray<{ items: ReadonlyArray<Task> }> }>(["tasks", query])
      ?.pages.map(({ items }) => items.map(({ title }) => title))
  return { queries, titles }
}

const upsert = (value: Task) => ({ type: "task", op: "upsert", value }) as const

describe("applyChanges", () => {
  it("puts a task into the lists that show it, at its place, and out of the others", () => {
    const [open, done] = [{ status: ["pending"] }, { status: ["completed"] }] as const
    const { queries, titles } = cacheOf([open, [[taskOf("ccc"), taskOf("a")]]], [done, [[]]])
    assert.isTrue(applyChanges(queries, [upsert(taskOf("bb"))]))
    assert.deepStrictEqual(titles(open), [["ccc", "bb", "a"]])
    assert.isTrue(applyChanges(queries, [upsert(taskOf("a", { status: "completed", version: 2 }))]))
    assert.deepStrictEqual([titles(open), titles(done)], [[["ccc", "bb"]], [["a"]]])
  })

  it("leaves a task that comes after the loaded pages to the page that has it", () => {
    const query = { sort: "created_at", limit: 2 } as const
    const { queries, titles } = cacheOf([query, [[taskOf("a"), taskOf("bb")]]])
    queries.setQueryData<InfiniteData<Page<Task, TaskQuery>>>(
      ["tasks", query],
      (data) => data && { ...data, pages: data.pages.map((page) => ({ ...page, next: { ...query, cursor: "2" } })) }
    )
    assert.isTrue(applyChanges(queries, [upsert(taskOf("dddd"))]))
    assert.deepStrictEqual(titles(query), [["a", "bb"]])
    // A row that was the last one stays, and one that comes before it is shown.
    applyChanges(queries, [upsert(taskOf("bb", { priority: "high", version: 2 })), upsert(taskOf(""))])
    assert.deepStrictEqual(titles(query), [["", "a", "bb"]])
  })

  it("removes trashed and deleted tasks, and keeps the pages", () => {
    const query = {}
    const { queries, titles } = cacheOf([
      query,
      [
        [taskOf("dddd"), taskOf("ccc")],
        [taskOf("bb"), taskOf("a")]
      ]
    ])
    const trashed = { ...taskOf("dddd", { version: 2 }), deleted_at: "2026-01-02T00:00:00.000Z" }
    assert.isTrue(applyChanges(queries, [{ type: "task", op: "trash", value: trashed }]))
    assert.isTrue(applyChanges(queries, [{ type: "task", op: "delete", id: "a" }]))
    assert.isFalse(applyChanges(queries, [{ type: "task", op: "delete", id: "unknown" }]))
    assert.deepStrictEqual(titles(query), [["ccc", "bb"], []])
  })

  it("changes nothing for a task that the page knows already, as after its own write", () => {
    const query = {}
    const { queries, titles } = cacheOf([query, [[taskOf("a", { title: "mine", version: 3 })]]])
    for (const version of [2, 3]) assert.isFalse(applyChanges(queries, [upsert(taskOf("a", { version }))]))
    assert.deepStrictEqual(titles(query), [["mine"]])
  })

  it("ignores that a task was in the trash when the page knows a later version, as after its own undo", () => {
    const query = {}
    const { queries, titles } = cacheOf([query, [[taskOf("a", { version: 5 })]]])
    queries.setQueryData(["task", "a"], taskOf("a", { version: 5 }))
    const trashed = { ...taskOf("a", { version: 4 }), deleted_at: "2026-01-02T00:00:00.000Z" }
    assert.isFalse(applyChanges(queries, [{ type: "task", op: "trash", value: trashed }]))
    assert.isFalse(applyChanges(queries, [upsert(taskOf("a", { version: 3 }))]))
    assert.deepStrictEqual(titles(query), [["a"]])
    assert.propertyVal(queries.getQueryData<Task>(["task", "a"]), "version", 5)
  })

  it("replaces rows in the result of a search, and adds and removes none, because only the server can search", () => {
    const query = { q: "milk" }
    const { queries, titles } = cacheOf([query, [[taskOf("a")]]])
    applyChanges(queries, [upsert(taskOf("a", { title: "new", version: 2 })), upsert(taskOf("bb"))])
    assert.deepStrictEqual(titles(query), [["new"]])
    const open = { q: "milk", status: ["pending"] } as const
    const { queries: others, titles: openTitles } = cacheOf([open, [[taskOf("a"), taskOf("bb")]]])
    applyChanges(others, [upsert(taskOf("a", { status: "completed", version: 2 }))])
    assert.deepStrictEqual(openTitles(open), [["bb"]])
  })

  it("fetches a task on the screen again that was removed, unless the page knows a later version", async () => {
    const { queries } = cacheOf()
    const fetched: Array<string> = []
    for (const id of ["a", "bb", "ccc"]) {
      const queryKey = ["task", id]
      queries.setQueryData(queryKey, taskOf(id, { version: 2 }))
      const queryFn = () => {
        fetched.push(id)
        return Promise.reject(new Error("not found"))
      }
      new QueryObserver(queries, { queryKey, queryFn, retry: false, staleTime: Infinity }).subscribe(() => {})
    }
    const deleted_at = "2026-01-02T00:00:00.000Z"
    applyChanges(queries, [
      { type: "task", op: "delete", id: "a" },
      { type: "task", op: "trash", value: { ...taskOf("bb", { version: 3 }), deleted_at } },
      { type: "task", op: "trash", value: { ...taskOf("ccc", { version: 2 }), deleted_at } }
    ])
    await new Promise((resolve) => setTimeout(resolve, 10))
    assert.deepStrictEqual(fetched, ["a", "bb"])
    assert.deepStrictEqual(
      ["a", "bb", "ccc"].map((id) => queries.getQueryData<Task>(["task", id])?.title),
      [undefined, undefined, "ccc"]
    )
  })

  it("replaces, adds and removes projects and tags", () => {
    const { queries } = cacheOf()
    const tag = { id: "1", name: "old", color: null, version: 1, user_id: "ada", created_at: "", updated_at: "" }
    queries.setQueryData(["tags"], [tag])
    applyChanges(queries, [
      { type: "tag", op: "upsert", value: { ...tag, name: "new", version: 2 } },
      { type: "tag", op: "upsert", value: { ...tag, id: "2" } }
    ])
    const names = () => queries.getQueryData<ReadonlyArray<Tag>>(["tags"])?.map(({ name }) => name)
    assert.deepStrictEqual(names(), ["new", "old"])
    applyChanges(queries, [{ type: "tag", op: "delete", id: "2" }])
    assert.deepStrictEqual(names(), ["new"])
    // Projects were never fetched.
    assert.isFalse(applyChanges(queries, [{ type: "project", op: "delete", id: "1" }]))
    assert.isUndefined(queries.getQueryData(["projects"]))
  })
})
