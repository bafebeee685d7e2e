import { assert, describe, it } from "@effect/vitest"
import { vi } from "vitest"
import { makeTasksClient, NetworkError, type Task } from "../../src/client/index.ts"
import { makeOutbox, newTask } from "../../src/client/outbox/index.ts"
import { eventually } from "../support/Eventually.ts"

import {
  conflict,
  empty,
  id,
  offline,
  refuse,
  type Server,
  start,
  statuses,
  task,
  versioned,
  write
} from "./OutboxFixture.ts"

describe("Outbox", () => {
  it("sends dependent writes in order, each for the version that the one before made", async () => {
    const server = versioned(task)
    const outbox = start({ create: async () => task, update: server.update })
    outbox.add(write)
    outbox.add({ op: "update", task: write.task, change: { status: "completed" } })
    outbox.add({ op: "update", task: write.task, change: { title: "Buy oat milk" } })
    await empty(outbox)
    assert.deepInclude(server.current(), { title: "Buy oat milk", status: "completed", version: 3 })
    assert.lengthOf(server.changes, 2)
  })

  it("keeps its writes and their idempotency keys while offline, and sends them after retry", async () => {
    const keys: Array<string | undefined> = []
    let isOffline = true
    const outbox = start({
      create: async (_, call) => {
        keys.push(call?.idempotencyKey)
        return isOffline ? offline() : task
      }
    })
    outbox.add(write)
    await eventually(() => assert.isDefined(outbox.entries()[0]?.error))
    assert.deepStrictEqual(statuses(outbox), ["waiting"])
    isOffline = false
    outbox.retry()
    await empty(outbox)
    assert.lengthOf(keys, 2)
    assert.strictEqual(keys[0], keys[1])
  })

  it("treats a lost response as success when the server has the change", async () => {
    const server = versioned({ ...task, title: "Buy oat milk", version: 2 })
    const outbox = start({ update: server.update })
    outbox.add({ op: "update", task, change: { title: "Buy oat milk" } })
    await empty(outbox)
    assert.lengthOf(server.changes, 0)
  })

  it.each([
    [{ title: " Buy oat milk " }, { title: "Buy oat milk" }],
    [{ title: "Cafe\u0301" }, { title: "Caf\u00e9" }],
    [{ description: "cafe\u0301 " }, { description: "caf\u00e9 " }],
    [
      { recurrence: { anchor: "due", rrule: "FREQ=DAILY" } as const },
      { recurrence: { rrule: "FREQ=DAILY", anchor: "due" } as const }
    ]
  ])("treats a lost response as success when the server has stored %o as %o", async (change, stored) => {
    const server = versioned({ ...task, ...stored, version: 2 })
    const outbox = start({ update: server.update })
    outbox.add({ op: "update", task, change })
    await empty(outbox)
    assert.lengthOf(server.changes, 0)
  })

  it("fails a write whose version never arrives, instead of sending it again and again", async () => {
    let requests = 0
    const refuseAll = () => {
      requests += 1
      return conflict(task)
    }
    const outbox = start({ update: refuseAll, delete: refuseAll })
    outbox.add({ op: "update", task, change: { title: "Buy oat milk" } })
    outbox.add({ op: "delete", task: { ...task, id: "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4f" } })
    await eventually(() => assert.deepStrictEqual(statuses(outbox), ["failed", "failed"]))
    assert.strictEqual(requests, 2)
  })

  it("takes a restore for success when the task has left the trash already", async () => {
    const outbox = start({ restore: () => Promise.reject(refuse("TASK_NOT_FOUND", 404)), get: async () => task })
    const results: Array<Task | undefined> = []
    outbox.onResult((_, result) => results.push(result))
    outbox.add({ op: "restore", task })
    await empty(outbox)
    assert.deepStrictEqual(results, [task])
  })

  it("leaves failed writes to the user when the browser is online again, and sends the waiting ones", async () => {
    const browser = new EventTarget()
    const { addEventListener, removeEventListener } = EventTarget.prototype
    Object.assign(globalThis, {
      addEventListener: addEventListener.bind(browser),
      removeEventListener: removeEventListener.bind(browser)
    })
    try {
      let isOffline = true
      const ids: Array<string> = []
      const outbox = start({
        update: async (other) => {
          ids.push(other)
          throw refuse("VALIDATION_FAILED", 422)
        },
        create: async (fields) => {
          ids.push(fields.id ?? "")
          return isOffline ? offline() : task
        }
      })
      outbox.add({ op: "update", task: { ...task, id: "other" }, change: { title: "" } })
      outbox.add(write)
      await eventually(() => assert.isDefined(outbox.entries()[1]?.error))
      isOffline = false
      browser.dispatchEvent(new Event("online"))
      await eventually(() => assert.deepStrictEqual(statuses(outbox), ["failed"]))
      assert.deepStrictEqual(ids, ["other", id, id])
      outbox.close()
    } finally {
      Reflect.deleteProperty(globalThis, "addEventListener")
      Reflect.deleteProperty(globalThis, "removeEventListener")
    }
  })

  it.each([
    ["the service", "application/problem+json", 31_536_000],
    ["a proxy", "text/html", 120]
  ])("waits as long as %s asks for, but at most an hour", async (_, type, seconds) => {
    vi.useFakeTimers()
    try {
      let requests = 0
      const body = JSON.stringify({ code: "SERVICE_UNAVAILABLE", status: 503 })
      const headers = { "content-type": type, "retry-after": String(seconds) }
      const fetch = async () => {
        requests += 1
        return new Response(body, { status: 503, headers })
      }
      const outbox = makeOutbox({ client: makeTasksClient({ baseUrl: "http://127.0.0.1:8000", token: "t", fetch }) })
      outbox.add(write)
      await vi.advanceTimersByTimeAsync(Math.min(seconds, 3_600) * 1_000 - 1)
      assert.strictEqual(requests, 1)
      await vi.advanceTimersByTimeAsync(1)
      assert.strictEqual(requests, 2)
      outbox.close()
    } finally {
      vi.useRealTimers()
    }
  })

  it("reports an error of a listener like one of an event listener, and continues", async () => {
    const uncaught: Array<unknown> = []
    const listeners = process.listeners("uncaughtException")
    process.removeAllListeners("uncaughtException").on("uncaughtException", (error) => uncaught.push(error))
    try {
      const outbox = start({ create: async () => task })
      const error = new Error("a bug of the page")
      const fail = () => {
        throw error
      }
      outbox.onResult(fail)
      outbox.add(write)
      await empty(outbox)
      await eventually(() => assert.deepStrictEqual(uncaught, [error]))
    } finally {
      process.removeAllListeners("uncaughtException")
      for (const listener of listeners) process.on("uncaughtException", listener)
    }
  })

  it("waits when a slow network did not deliver a request in time", async () => {
    const outbox = start({ create: () => Promise.reject(refuse("REQUEST_TIMEOUT", 408)) })
    outbox.add(write)
    await eventually(() => assert.isDefined(outbox.entries()[0]?.error))
    assert.deepStrictEqual(statuses(outbox), ["waiting"])
    outbox.close()
  })

  it.each([
    ["the server", refuse("VALIDATION_FAILED", 422)],
    ["a firewall", new NetworkError("proxy", "", { status: 403 })],
    ["a web application firewall", new NetworkError("proxy", "", { status: 406 })]
  ])("fails a write that %s refuses, and drops later writes to a discarded new task", async (_, error) => {
    const outbox = start({ create: () => Promise.reject(error) })
    const key = outbox.add(write)
    outbox.add({ op: "update", task: write.task, change: { status: "completed" } })
    await eventually(() => assert.deepStrictEqual(statuses(outbox), ["failed", "waiting"]))
    outbox.discard(key)
    assert.lengthOf(outbox.entries(), 0)
  })

  it("sends a new subtask after its new task only, and drops it with that task", async () => {
    const parent = "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4d"
    const sent: Array<string | undefined> = []
    const outbox = start({
      create: async (fields) => {
        sent.push(fields.id)
        if (fields.id === id) throw refuse("VALIDATION_FAILED", 422)
        return { ...task, ...fields } as Task
      }
    })
    const key = outbox.add(write)
    const below = newTask({ id: "below", title: "Oat", parent_id: id })
    outbox.add(below)
    outbox.add(newTask({ id: "deeper", title: "Oat, fresh", parent_id: "below" }))
    outbox.add({ op: "update", task: below.task, change: { status: "completed" } })
    outbox.add(newTask({ id: "other", title: "Other", parent_id: parent }))
    await eventually(() => assert.deepStrictEqual(statuses(outbox), ["failed", "waiting", "waiting", "waiting"]))
    assert.deepStrictEqual(sent, [id, "other"])
    outbox.discard(key)
    assert.lengthOf(outbox.entries(), 0)
  })

  it("takes a delete of a deleted task and a repeated create for success", async () => {
    const outbox = start({
      create: () => Promise.reject(refuse("TASK_ALREADY_EXISTS", 409, { current: task })),
      delete: () => Promise.reject(refuse("TASK_NOT_FOUND", 404))
    })
    outbox.add(write)
    outbox.add({ op: "delete", task })
    await empty(outbox)
  })

  it("waits while an earlier request with its key is in progress", async () => {
    let attempts = 0
    const create: Server["create"] = async () =>
      ++attempts === 1 ? Promise.reject(refuse("IDEMPOTENCY_KEY_IN_PROGRESS", 409)) : task
    const outbox = start({ create })
    outbox.add(write)
    await eventually(() => assert.isDefined(outbox.entries()[0]?.error))
    assert.deepStrictEqual(statuses(outbox), ["waiting"])
    outbox.retry()
    await empty(outbox)
  })
})
