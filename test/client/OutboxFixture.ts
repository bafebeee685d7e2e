import { assert } from "@effect/vitest"
import { ApiError, NetworkError, type Task, type TasksResource, type TaskUpdate } from "../../src/client/index.ts"
import { makeOutbox, newTask } from "../../src/client/outbox/index.ts"
import { eventually } from "../support/Eventually.ts"

export const id = "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"
export const write = newTask({ id, title: "Buy milk" })
export const task: Task = { ...write.task, position: "a0" }

export type Server = Pick<TasksResource, "create" | "update" | "delete" | "restore" | "move" | "get">

export const refuse = (code: string, status: number, members: object = {}) =>
  new ApiError({ code, status, title: "", detail: "", request_id: "r", ...members })
export const offline = () => Promise.reject(new NetworkError("offline", "You are offline."))
export const conflict = (current: Task) => Promise.reject(refuse("TASK_VERSION_CONFLICT", 412, { current }))

/** An outbox over a server that handles some calls. Another call fails the test. */
export const start = (server: Partial<Server>) => {
  const unexpected = () => assert.fail("unexpected call")
  const names = ["create", "update", "delete", "restore", "move", "get"]
  const tasks = { ...Object.fromEntries(names.map((name) => [name, unexpected])), ...server } as TasksResource
  return makeOutbox({ client: { tasks } })
}

/** A server that compares versions like the real one. */
export const versioned = (first: Task) => {
  let current = first
  const changes: Array<TaskUpdate> = []
  const update: Server["update"] = async (_, change, call) => {
    if (call?.ifMatch !== current.version) return conflict(current)
    changes.push(change)
    current = { ...current, ...change, version: current.version + 1 } as Task
    return current
  }
  const bump = () => {
    current = { ...current, version: current.version + 1 }
    return current
  }
  const remove: Server["delete"] = async (_, call) => {
    if (call?.ifMatch !== current.version) return conflict(current)
    bump()
  }
  return { update, delete: remove, bump, changes, current: () => current }
}

export const statuses = (outbox: ReturnType<typeof start>) => outbox.entries().map(({ status }) => status)
export const empty = (outbox: ReturnType<typeof start>) => eventually(() => assert.lengthOf(outbox.entries(), 0))
