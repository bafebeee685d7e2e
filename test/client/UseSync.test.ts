import { assert, describe, it } from "@effect/vitest"
import { focusManager, QueryClient, QueryClientProvider } from "@tanstack/react-query"
import { createElement, StrictMode, useState } from "react"
import { createRoot } from "react-dom/client"
import { afterEach, beforeEach, vi } from "vitest"
import { ApiError, type SyncEnd, type SyncOptions, type Task, type TasksClient } from "../../src/client/index.ts"
import { makeOutbox, newTask } from "../../src/client/outbox/index.ts"
import { makeQueries } from "../../src/client/react/queries.ts"
import { useSync, whileVisible } from "../../src/client/react/useSync.ts"
import { useTasks, useWrite } from "../../src/client/react/useTasks.ts"

/** What React needs of a document, for components that render no element. */
class FakeDocument extends EventTarget {
  readonly nodeType = 9
  readonly activeElement = null
  readonly ownerDocument = null
  textContent = ""
}

let document: FakeDocument
beforeEach(() => {
  document = new FakeDocument()
  Object.assign(globalThis, { document, window: globalThis, HTMLIFrameElement: class {} })
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "Date"] })
})
afterEach(() => {
  vi.useRealTimers()
  focusManager.setFocused(undefined)
  for (const name of ["document", "window", "HTMLIFrameElement"]) Reflect.deleteProperty(globalThis, name)
})

const signedOut = { code: "TOKEN_MISSING", status: 401, title: "", detail: "", request_id: "" }

/** Lets React render and run effects. */
const turn = async () => {
  for (let n = 0; n < 10; n++) await new Promise((resolve) => setImmediate(resolve))
}

/** Mounts `useSync` on a page, with a callback that is another function in each render. */
const mount = () => {
  const syncs: Array<SyncOptions> = []
  const ends: Array<(end: SyncEnd) => void> = []
  const reported: Array<[number, SyncEnd]> = []
  const states: Array<string> = []
  const sync = (options: SyncOptions) => {
    syncs.push(options)
    return new Promise<SyncEnd>((resolve) => {
      ends.push(resolve)
      options.signal?.addEventListener("abort", () => resolve({ reason: "aborted" }))
    })
  }
  const client = { sync } as TasksClient
  let render = (_: number) => {}
  const Page = () => {
    const [count, setCount] = useState(0)
    render = setCount
    states.push(useSync(client, (end) => reported.push([count, end])))
    return null
  }
  const root = createRoot(document as unknown as Document)
  const provider = createElement(QueryClientProvider, { client: new QueryClient() }, createElement(Page))
  root.render(createElement(StrictMode, null, provider))
  const open = () => syncs.filter(({ signal }) => signal?.aborted === false)
  return { syncs, ends, reported, states, open, root, render: (count: number) => render(count) }
}

describe("useSync", () => {
  it("has one connection in strict mode, keeps it in later renders, and ends it with the component", async () => {
    const page = mount()
    await turn()
    assert.lengthOf(page.open(), 1)
    const { length } = page.syncs
    page.open()[0]?.onState?.("live")
    await turn()
    assert.strictEqual(page.states.at(-1), "live")
    for (const count of [1, 2]) {
      page.render(count)
      await turn()
    }
    assert.lengthOf(page.syncs, length)
    page.ends.at(-1)?.({ reason: "apply_failed", error: "x" })
    await turn()
    // The callback of the last render.
    assert.deepStrictEqual(page.reported, [[2, { reason: "apply_failed", error: "x" }]])
    page.root.unmount()
    await turn()
    assert.lengthOf(page.open(), 0)
  })

  it("closes the connection of a hidden page after half a minute, and opens one when the page is shown", async () => {
    const page = mount()
    await turn()
    focusManager.setFocused(false)
    vi.advanceTimersByTime(29_000)
    assert.lengthOf(page.open(), 1)
    vi.advanceTimersByTime(1_000)
    assert.lengthOf(page.open(), 0)
    focusManager.setFocused(true)
    assert.lengthOf(page.open(), 1)
    page.root.unmount()
    await turn()
  })

  it("connects anew when the page is shown again after the user had to sign in", async () => {
    const page = mount()
    await turn()
    const { length } = page.syncs
    page.ends.at(-1)?.({ reason: "signed_out", error: new ApiError(signedOut) as ApiError<"TOKEN_MISSING"> })
    await turn()
    assert.lengthOf(page.syncs, length)
    focusManager.setFocused(false)
    focusManager.setFocused(true)
    assert.lengthOf(page.syncs, length + 1)
    page.root.unmount()
    await turn()
    assert.lengthOf(
      page.syncs.filter(({ signal }, n) => n === length && !signal?.aborted),
      0
    )
  })

  it("keeps the connection of a page that was hidden for a moment, and not of one that was suspended", async () => {
    const page = mount()
    await turn()
    const [connection] = page.open()
    focusManager.setFocused(false)
    vi.setSystemTime(Date.now() + 20_000)
    focusManager.setFocused(true)
    assert.deepStrictEqual(page.open(), [connection])
    focusManager.setFocused(false)
    // No timer runs meanwhile.
    vi.setSystemTime(Date.now() + 3_600_000)
    focusManager.setFocused(true)
    assert.lengthOf(page.open(), 1)
    assert.notStrictEqual(page.open()[0], connection)
    page.root.unmount()
    await turn()
  })
})

describe("useTasks", () => {
  it("returns the same array until a task changes, also when the query is another object in each render", async () => {
    const queryClient = new QueryClient({ defaultOptions: { queries: { staleTime: Number.POSITIVE_INFINITY } } })
    const query = { sort: "position" } as const
    const items = [{ ...newTask({ id: "a", title: "a" }).task, position: "a0" }]
    queryClient.setQueryData(["tasks", query], {
      pages: [{ items, next: undefined, total: undefined }],
      pageParams: [query]
    })
    const tasks = { list: () => assert.fail(), update: () => new Promise(() => {}) }
    const outbox = makeOutbox({ client: { tasks } as unknown as TasksClient })
    const queries = makeQueries({ tasks } as unknown as TasksClient)
    const seen: Array<readonly [ReadonlyArray<Task>, unknown]> = []
    let render = (_: number) => {}
    const Page = () => {
      render = useState(0)[1]
      const write = useWrite(outbox)
      seen.push([useTasks(queries, outbox, { ...query }).tasks, write])
      return null
    }
    const root = createRoot(document as unknown as Document)
    root.render(createElement(QueryClientProvider, { client: queryClient }, createElement(Page)))
    await turn()
    render(1)
    await turn()
    const [first, second] = seen
    assert.strictEqual(first?.[0], second?.[0])
    assert.strictEqual(first?.[1], second?.[1])
    const [task] = items
    if (task !== undefined) outbox.add({ op: "update", task, change: { title: "b" } })
    await turn()
    assert.deepStrictEqual(
      seen.at(-1)?.[0].map(({ title }) => title),
      ["b"]
    )
    root.unmount()
    outbox.close()
    await turn()
  })
})

describe("whileVisible", () => {
  it("runs until it is ended where there is no document, as in React Native", () => {
    Reflect.deleteProperty(globalThis, "document")
    const signals: Array<AbortSignal> = []
    const end = whileVisible((signal) => {
      signals.push(signal)
      return new Promise(() => {})
    })
    assert.deepStrictEqual(
      signals.map(({ aborted }) => aborted),
      [false]
    )
    end()
    assert.deepStrictEqual(
      signals.map(({ aborted }) => aborted),
      [true]
    )
  })
})
