import { assert, describe, it } from "@effect/vitest"
import "fake-indexeddb/auto"
import { IDBDatabase, IDBObjectStore } from "fake-indexeddb"
import { createStore, get, set } from "idb-keyval"
import { afterEach, vi } from "vitest"
import { NetworkError, type Task, type TasksResource, type TaskUpdate } from "../../src/client/index.ts"
import { indexedDbStorage } from "../../src/client/offline/index.ts"
import { makeOutbox, newTask, type Outbox } from "../../src/client/outbox/index.ts"
import { eventually } from "../support/Eventually.ts"

const id = "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"
const write = newTask({ id, title: "Buy milk" })
const task: Task = { ...write.task, position: "a0" }
const offline = () => Promise.reject(new NetworkError("offline", "You are offline."))

const browser = globalThis as unknown as { readonly indexedDB: { readonly open: () => unknown } }

const outboxes = new Set<Outbox>()
afterEach(() => {
  for (const outbox of outboxes) outbox.close()
})

/** The outbox of a page of a user, over a server that handles some calls. */
const open = (user: string, server: Partial<TasksResource> = { create: offline, update: offline }) => {
  const reported: Array<unknown> = []
  const outbox = makeOutbox({
    client: { tasks: server as TasksResource },
    storage: indexedDbStorage(user),
    onStorageError: (error) => reported.push(error)
  })
  outboxes.add(outbox)
  return Object.assign(outbox, { reported })
}

const failed = (outbox: Outbox) => eventually(() => assert.isDefined(outbox.entries()[0]?.error))
const hasEntries = (outbox: Outbox, count: number) => eventually(() => assert.lengthOf(outbox.entries(), count))

/** Stores one write, as a page that is closed before it could send it. */
const leaveWrite = async (user: string) => {
  const outbox = open(user)
  const key = outbox.add(write)
  await failed(outbox)
  outbox.close()
  return key
}

/** Replaces a member of an object for a while. */
const replacing = async <Target extends object>(target: Target, members: Partial<Target>, use: () => Promise<void>) => {
  const originals = Object.fromEntries(Object.keys(members).map((name) => [name, target[name as keyof Target]]))
  Object.assign(target, members)
  try {
    await use()
  } finally {
    Object.assign(target, originals)
  }
}

describe("indexedDbStorage", () => {
  it("survives a reload: the next page of the same user sends what is stored, under the same key", async () => {
    const first = open("ada")
    const key = first.add(write)
    first.add({ op: "update", task: write.task, change: { status: "completed" } })
    await failed(first)
    first.close()

    const other = open("ben", {})
    const keys: Array<string | undefined> = []
    const changes: Array<TaskUpdate> = []
    const second = open("ada", {
      create: async (_, call) => {
        keys.push(call?.idempotencyKey)
        return task
      },
      update: async (_, change) => {
        changes.push(change)
        return { ...task, status: "completed", version: 2 }
      }
    })
    await eventually(() => assert.deepStrictEqual(changes, [{ status: "completed" }]))
    await hasEntries(second, 0)
    assert.deepStrictEqual(keys, [key])
    assert.lengthOf(other.entries(), 0)
  })

  it("reports writes that it cannot store, and stores them with the next change", async () => {
    const full = new DOMException("full", "QuotaExceededError")
    const first = open("cyn")
    const refuse = () => {
      throw full
    }
    await replacing(IDBObjectStore.prototype, { put: refuse }, async () => {
      first.add(write)
      await eventually(() => assert.include(first.reported, full))
    })
    first.add({ op: "update", task: write.task, change: { status: "completed" } })
    await failed(first)
    first.close()
    await hasEntries(open("cyn"), 2)
  })

  it("stores rows that a framework has wrapped in proxies, as Vue and Svelte do", async () => {
    const first = open("joy")
    first.add({ op: "update", task: new Proxy(task, {}), change: { due_at: new Date(0) } })
    await failed(first)
    first.close()
    const second = open("joy")
    await hasEntries(second, 1)
    assert.deepInclude(second.entries()[0]?.write, { task, change: { due_at: "1970-01-01T00:00:00.000Z" } })
    assert.isEmpty(first.reported)
  })

  it("gives a write of a closed page to one of two pages that open at the same time", async () => {
    const key = await leaveWrite("dan")
    const pages = [open("dan"), open("dan")]
    await eventually(() => assert.isNotEmpty(pages.flatMap((page) => page.entries())))
    await new Promise((resolve) => setTimeout(resolve, 20))
    assert.deepStrictEqual(
      pages.flatMap((page) => page.entries().map((entry) => entry.key)),
      [key]
    )
  })

  it("gives the writes of a page that is closed to one of the open pages, and then to the next", async () => {
    const pages = [open("kim"), open("kim"), open("kim")]
    const key = pages[0]?.add(write)
    for (let count = pages.length; count > 0; count--) {
      const owner = await eventually(() => {
        const owners = pages.filter((page) => page.entries()[0]?.error !== undefined)
        assert.lengthOf(owners, 1)
        return owners[0]
      })
      assert.deepStrictEqual(
        owner?.entries().map((entry) => entry.key),
        [key]
      )
      owner?.close()
      pages.splice(pages.indexOf(owner as Outbox & (typeof pages)[number]), 1)
    }
    await hasEntries(open("kim"), 1)
  })

  it("leaves the writes of a user to that user when the id of another one begins like it", async () => {
    await leaveWrite("lea b")
    const other = open("lea")
    await new Promise((resolve) => setTimeout(resolve, 20))
    assert.lengthOf(other.entries(), 0)
    await hasEntries(open("lea b"), 1)
  })

  it("leaves the writes of a newer version of the page alone, reports them, and takes over the others", async () => {
    const store = createStore("effect-tasks", "outbox")
    const name = "outbox moe 019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"
    const newer = [{ key: "k", status: "waiting", write: { op: "archive", task } }]
    await set(name, newer, store)
    await leaveWrite("moe")
    const page = open("moe")
    await hasEntries(page, 1)
    assert.match(String(page.reported), /newer version/)
    assert.deepStrictEqual(await get(name, store), newer)
  })

  it("leaves the writes of an open page to that page", async () => {
    const first = open("eve")
    first.add(write)
    await failed(first)
    const second = open("eve")
    await new Promise((resolve) => setTimeout(resolve, 20))
    assert.lengthOf(second.entries(), 0)
  })

  it("passes writes on to an outbox that is made when another one is closed, as by React's strict mode", async () => {
    const key = await leaveWrite("fay")
    open("fay").close()
    const second = open("fay")
    await hasEntries(second, 1)
    // Closed in the middle of a change.
    second.add({ op: "update", task: write.task, change: { status: "completed" } })
    second.close()
    const third = open("fay")
    await hasEntries(third, 2)
    assert.strictEqual(third.entries()[0]?.key, key)
  })

  it.each([
    "InvalidStateError",
    // Safari: "Connection to Indexed Database server lost. Refresh the page to try again".
    "UnknownError",
    "AbortError"
  ])("opens the database again after the browser has closed it with an %s", async (name) => {
    const first = open(`gus ${name}`)
    first.add(write)
    await failed(first)
    const { transaction } = IDBDatabase.prototype
    let closed: InstanceType<typeof IDBDatabase> | undefined
    const refuse = function (this: InstanceType<typeof IDBDatabase>, ...args: Parameters<typeof transaction>) {
      closed ??= this
      if (this === closed) throw new DOMException("The connection is lost.", name)
      return transaction.apply(this, args)
    }
    await replacing(IDBDatabase.prototype, { transaction: refuse } as never, async () => {
      first.add({ op: "update", task: write.task, change: { status: "completed" } })
      await eventually(() => assert.isDefined(closed))
      first.close()
      await hasEntries(open(`gus ${name}`), 2)
    })
    assert.isEmpty(first.reported)
  })

  it("loads what is stored also when the database could not be opened at once", async () => {
    await leaveWrite("pat")
    const { open: really } = browser.indexedDB
    let attempts = 0
    const refuseFirst = (...args: []) => {
      attempts += 1
      if (attempts === 1) throw new DOMException("Internal error opening backing store.", "UnknownError")
      return really.apply(browser.indexedDB, args)
    }
    await replacing(browser.indexedDB, { open: refuseFirst }, async () => {
      const page = open("pat")
      await hasEntries(page, 1)
      assert.isEmpty(page.reported)
    })
  })

  it("stores changes in quick succession together, so that a long queue does not occupy the page", async () => {
    let puts = 0
    const { put } = IDBObjectStore.prototype
    const count = function (this: InstanceType<typeof IDBObjectStore>, ...args: Parameters<typeof put>) {
      puts += 1
      return put.apply(this, args)
    }
    const first = open("ray")
    await replacing(IDBObjectStore.prototype, { put: count } as never, async () => {
      for (let n = 0; n < 100; n++) first.add(newTask({ id: `${n}`, title: `${n}` }))
      await failed(first)
    })
    first.close()
    await hasEntries(open("ray"), 100)
    assert.isAtMost(puts, 10)
  })

  it("reports a blocked database, and sends writes nevertheless", async () => {
    const blocked = new DOMException("The operation is insecure.", "SecurityError")
    const refuse = () => {
      throw blocked
    }
    await replacing(browser.indexedDB, { open: refuse }, async () => {
      const outbox = open("hal", { create: async () => task })
      await eventually(() => assert.include(outbox.reported, blocked))
      outbox.add(write)
      await hasEntries(outbox, 0)
    })
  })

  it("reports a database that does not respond within five seconds, and sends writes then", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] })
    try {
      await replacing(browser.indexedDB, { open: () => ({}) }, async () => {
        let requests = 0
        const create = async () => {
          requests += 1
          return task
        }
        const outbox = open("ian", { create })
        outbox.add(write)
        await vi.advanceTimersByTimeAsync(4_999)
        assert.strictEqual(requests, 0)
        await vi.advanceTimersByTimeAsync(1)
        assert.strictEqual(requests, 1)
        assert.match(String(outbox.reported[0]), /IndexedDB does not respond/)
      })
    } finally {
      vi.useRealTimers()
    }
  })
})
