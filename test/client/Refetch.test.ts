import { assert, describe, it } from "@effect/vitest"
import { InfiniteQueryObserver, QueryClient } from "@tanstack/react-query"
import { afterEach, beforeEach, vi } from "vitest"
import type { Page, Task, TaskQuery, TasksClient } from "../../src/client/index.ts"
import { newTask, type Outbox, type OutboxEntry } from "../../src/client/outbox/index.ts"
import { connectOutbox } from "../../src/client/react/connectOutbox.ts"
import { makeQueries } from "../../src/client/react/queries.ts"
import { endFetches, makeRefetch } from "../../src/client/react/refetch.ts"

const taskOf = (id: string, fields: Partial<Task> = {}): Task => ({ ...newTask({ id, title: id }).task, ...fields })

/** A list on the screen, and the requests for it. Each response waits for `respond`. */
const openList = (query: TaskQuery = {}) => {
  const requests: Array<(items: ReadonlyArray<Task>, next?: TaskQuery) => Promise<void>> = []
  const list = () =>
    new Promise<Page<Task, TaskQuery>>((resolve) => {
      requests.push(async (items, next) => {
        resolve({ items, next, total: undefined })
        await vi.advanceTimersByTimeAsync(0)
      })
    })
  const queries = new QueryClient({ defaultOptions: { queries: { retry: false, networkMode: "always" } } })
  const observer = new InfiniteQueryObserver(
    queries,
    makeQueries({ tasks: { list } } as unknown as TasksClient).tasks(query)
  )
  const close = observer.subscribe(() => {})
  const titles = () => observer.getCurrentResult().data?.pages.map(({ items }) => items.map(({ title }) => title))
  return { queries, observer, requests, titles, close }
}

type Confirm = Parameters<Outbox["onResult"]>[0]

/** An outbox that confirms what the test says. */
const fakeOutbox = () => {
  const listeners: Array<Confirm> = []
  const entries: Array<Pick<OutboxEntry, "status">> = []
  const outbox = { entries: () => entries, onResult: (listener: Confirm) => listeners.push(listener) }
  const confirm: Confirm = (write, result) => {
    for (const listener of listeners) listener(write, result)
  }
  return { outbox: outbox as unknown as Outbox, entries, confirm }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe("connectOutbox", () => {
  it("shows no response again that a list requested before the write", async () => {
    const { close, observer, queries, requests, titles } = openList()
    await requests[0]?.([taskOf("a", { version: 1 })])
    const { confirm, outbox } = fakeOutbox()
    connectOutbox(outbox, queries)
    void observer.refetch()
    confirm({ op: "delete", task: taskOf("a") }, undefined)
    assert.deepStrictEqual(titles(), [[]])
    await requests[1]?.([taskOf("a", { version: 1 })])
    assert.deepStrictEqual(titles(), [[]])
    await vi.advanceTimersByTimeAsync(2_000)
    assert.lengthOf(requests, 3)
    await requests[2]?.([taskOf("b")])
    assert.deepStrictEqual(titles(), [["b"]])
    close()
  })

  it("fetches a list again whose first response is older than the write", async () => {
    const { close, queries, requests, titles } = openList()
    const { confirm, outbox } = fakeOutbox()
    connectOutbox(outbox, queries)
    confirm({ op: "restore", task: taskOf("a") }, taskOf("a"))
    await vi.advanceTimersByTimeAsync(10_000)
    assert.lengthOf(requests, 1)
    await requests[0]?.([])
    await vi.advanceTimersByTimeAsync(100)
    await requests[1]?.([taskOf("a")])
    assert.deepStrictEqual(titles(), [["a"]])
    close()
  })

  it("fetches lists again after a write when the next one, which was being sent then, is refused", async () => {
    const { close, queries, requests } = openList()
    await requests[0]?.([taskOf("a")])
    const { confirm, entries, outbox } = fakeOutbox()
    connectOutbox(outbox, queries)
    confirm({ op: "delete", task: taskOf("a") }, undefined)
    entries.push({ status: "sending" })
    await vi.advanceTimersByTimeAsync(3_000)
    assert.lengthOf(requests, 1)
    entries[0] = { status: "failed" }
    await vi.advanceTimersByTimeAsync(2_000)
    assert.lengthOf(requests, 2)
    close()
  })

  it("shows a confirmed write again as soon as a further page brings the pages before it as they were", async () => {
    const { close, observer, queries, requests, titles } = openList()
    await requests[0]?.([taskOf("a")], { cursor: "2" })
    const { confirm, outbox } = fakeOutbox()
    connectOutbox(outbox, queries)
    void observer.fetchNextPage()
    confirm({ op: "delete", task: taskOf("a") }, undefined)
    await requests[1]?.([taskOf("b")])
    await vi.advanceTimersByTimeAsync(100)
    assert.lengthOf(requests, 3)
    await requests[2]?.([], { cursor: "2" })
    await requests[3]?.([taskOf("b")])
    assert.deepStrictEqual(titles(), [[], ["b"]])
    close()
  })

  it("leaves requests for projects alone, which no write of the outbox changes", async () => {
    const queries = new QueryClient()
    let respond = (_: string) => {}
    const response = new Promise((resolve) => {
      respond = resolve
    })
    queries.setQueryData(["projects"], "old")
    const fetched = queries.fetchQuery({ queryKey: ["projects"], queryFn: () => response })
    const { confirm, outbox } = fakeOutbox()
    connectOutbox(outbox, queries)
    confirm({ op: "delete", task: taskOf("a") }, undefined)
    respond("new")
    assert.strictEqual(await fetched, "new")
    assert.strictEqual(queries.getQueryData(["projects"]), "new")
  })

  it("does not drop a further page that the user has asked for", async () => {
    const { close, observer, queries, requests, titles } = openList()
    await requests[0]?.([taskOf("a")], { cursor: "2" })
    const { confirm, outbox } = fakeOutbox()
    connectOutbox(outbox, queries)
    void observer.fetchNextPage()
    confirm({ op: "delete", task: taskOf("a") }, undefined)
    await vi.advanceTimersByTimeAsync(3_000)
    await requests[1]?.([taskOf("b")])
    assert.lengthOf(titles() ?? [], 2)
    await vi.advanceTimersByTimeAsync(100)
    await requests[2]?.([taskOf("c")], { cursor: "2" })
    await requests[3]?.([taskOf("b")])
    assert.deepStrictEqual(titles(), [["c"], ["b"]])
    close()
  })
})

describe("makeRefetch", () => {
  it("waits for a fetch of its own queries only", async () => {
    const { close, queries, requests } = openList()
    await requests[0]?.([])
    void queries.fetchQuery({ queryKey: ["weather"], queryFn: () => new Promise(() => {}) })
    makeRefetch(queries, 3_000).add("tasks")
    await vi.advanceTimersByTimeAsync(0)
    assert.lengthOf(requests, 2)
    close()
  })

  it("fetches again what was being fetched at a change, and nothing else", async () => {
    const { close, observer, queries, requests } = openList()
    await requests[0]?.([taskOf("a")])
    assert.deepStrictEqual(endFetches(queries, ["tasks", "projects"]), [])
    void observer.refetch()
    assert.deepStrictEqual(endFetches(queries, ["tasks", "projects"]), ["tasks"])
    assert.strictEqual(queries.isFetching(), 0)
    close()
  })
})
