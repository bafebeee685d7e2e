import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { isApiError, makeTasksClient, type TasksClient } from "../../src/client/index.ts"
import * as Process from "../support/Process.ts"

class Service extends Context.Service<Service, { readonly url: string }>()("test/client/Service") {
  static readonly layer = Layer.effect(Service, Process.serveOnPostgres())
}

/** A client for the given user. */
const clientOf = Effect.fnUntraced(function* (sub: string) {
  const { url } = yield* Service
  return makeTasksClient({ baseUrl: url, token: yield* Process.tokenFor(sub) })
})

const withClient = (sub: string, use: (client: TasksClient) => Promise<void>) =>
  Effect.flatMap(clientOf(sub), (client) => Effect.promise(() => use(client)))

const thrown = async (promise: Promise<unknown>) => {
  try {
    await promise
  } catch (error) {
    return error
  }
  return assert.fail("nothing was thrown")
}

const collect = async <Item>(items: AsyncIterable<Item>) => {
  const all: Array<Item> = []
  for await (const item of items) all.push(item)
  return all
}

layer(Service.layer, { excludeTestServices: true, timeout: Process.timeout })("TasksClient", (it) => {
  it.effect("creates, reads, updates, deletes and restores a task", () =>
    withClient("ada", async ({ tasks, trash }) => {
      const created = await tasks.create({ title: "Buy milk", priority: "high" })
      assert.deepStrictEqual(await tasks.get(created.id), created)
      const changed = await tasks.update(created.id, { status: "completed" }, { ifMatch: created.version })
      assert.deepInclude(changed, { title: "Buy milk", status: "completed", version: 2 })
      assert.isUndefined(await tasks.delete(created.id, { ifMatch: 2 }))
      assert.deepStrictEqual(
        (await trash.list()).items.map(({ id }) => id),
        [created.id]
      )
      assert.deepInclude(await tasks.restore(created.id), { id: created.id, title: "Buy milk" })
      await tasks.delete(created.id)
      await trash.delete(created.id)
      assert.deepStrictEqual(await collect(trash.all()), [])
    })
  )

  it.effect("paginates by cursor and by offset, page by page and with all()", () =>
    withClient("ben", async ({ tasks }) => {
      const { length } = await tasks.bulk(
        Array.from({ length: 5 }, (_, n) => ({ op: "create" as const, task: { title: `${n}` } }))
      )
      assert.strictEqual(length, 5)
      for (const start of [{}, { offset: 0 }]) {
        const query = { ...start, limit: 2, sort: "title", count: "exact", status: ["pending", "in_progress"] } as const
        const first = await tasks.list(query)
        assert.deepStrictEqual([first.items.map(({ title }) => title), first.total], [["0", "1"], 5])
        const second = await tasks.list(first.next)
        const third = await tasks.list(second.next)
        assert.deepStrictEqual([third.items.map(({ title }) => title), third.next], [["4"], undefined])
        assert.deepStrictEqual(
          (await collect(tasks.all(query))).map(({ title }) => title),
          ["0", "1", "2", "3", "4"]
        )
      }
      assert.isUndefined((await tasks.list({ limit: 2 })).total)
    })
  )

  it.effect("moves tasks, and serves projects, tags, the user and the export", () =>
    withClient("cleo", async (client) => {
      const project = await client.projects.create({ name: "Home" })
      const tag = await client.tags.create({ name: "soon", color: "#3b82f6" })
      const first = await client.tasks.create({ title: "a", project_id: project.id, tag_ids: [tag.id] })
      const second = await client.tasks.create({ title: "b" })
      await client.tasks.move(second.id, { before: first.id }, { ifMatch: 1 })
      assert.deepStrictEqual(
        (await client.tasks.list({ sort: "position" })).items.map(({ title }) => title),
        ["b", "a"]
      )
      assert.lengthOf((await client.tasks.list({ tag_id: [tag.id], project_id: project.id })).items, 1)
      assert.deepInclude(await client.projects.update(project.id, { archived: true }), { archived: true, version: 2 })
      assert.deepInclude(await client.tags.update(tag.id, { name: "now" }, { ifMatch: 1 }), { name: "now" })
      assert.lengthOf(await collect(client.projects.all()), 1)
      assert.lengthOf(await collect(client.tags.all({ limit: 1 })), 1)
      assert.deepInclude(await client.me(), { id: "cleo" })
      assert.deepInclude(await client.health(), { status: "ok" })
      const rows = await collect(client.export())
      assert.deepStrictEqual(
        rows.map((row) => ("title" in row ? row.title : "name" in row && row.name)),
        ["Home", "now", "a", "b"]
      )
      assert.deepStrictEqual((await client.tasks.list({ status: [] })).items, [])
      const due_at = new Date("2026-12-01T09:00:00Z")
      assert.strictEqual((await client.tasks.update(first.id, { due_at })).due_at, "2026-12-01T09:00:00.000Z")
      assert.lengthOf((await client.tasks.list({ due_after: due_at })).items, 0)
      assert.lengthOf((await client.tasks.list({ due_before: new Date("2026-12-01T09:00:01Z") })).items, 1)
      await client.projects.delete(project.id)
      await client.tags.delete(tag.id)
      assert.isTrue(isApiError(await thrown(client.projects.get(project.id)), "PROJECT_NOT_FOUND"))
      assert.isTrue(isApiError(await thrown(client.tags.get(tag.id)), "TAG_NOT_FOUND"))
    })
  )

  it.effect("rejects with errors that have a code, a message and the current row", () =>
    withClient("dora", async ({ tags, tasks }) => {
      const task = await tasks.create({ title: "mine" })
      const conflict = await thrown(tasks.update(task.id, { title: "theirs" }, { ifMatch: 7 }))
      assert.isTrue(isApiError(conflict, "TASK_NOT_FOUND", "TASK_VERSION_CONFLICT"))
      if (isApiError(conflict, "TASK_VERSION_CONFLICT")) assert.deepStrictEqual(conflict.current, task)
      const invalid = await thrown(tasks.create({ title: " " }))
      assert.isFalse(isApiError(invalid, "TASK_VERSION_CONFLICT"))
      if (!isApiError(invalid, "VALIDATION_FAILED")) return assert.fail("not VALIDATION_FAILED")
      assert.deepStrictEqual(invalid.fieldErrors, { title: "Must not be blank" })
      assert.strictEqual(invalid.message, "Title must not be blank.")
      assert.strictEqual(invalid.status, 422)
      assert.match(invalid.requestId, /^[0-9a-f-]{36}$/)
      await tags.create({ name: "one" })
      assert.isTrue(isApiError(await thrown(tags.create({ name: "ONE" })), "TAG_NAME_TAKEN"))
      const gone = await thrown(tasks.get("019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"))
      assert.isTrue(isApiError(gone, "TASK_NOT_FOUND"))
    })
  )

  it.effect("creates one task for two requests with the same idempotency key", () =>
    withClient("emma", async ({ tasks }) => {
      const first = await tasks.create({ title: "once" }, { idempotencyKey: "outbox-1" })
      const second = await tasks.create({ title: "once" }, { idempotencyKey: "outbox-1" })
      assert.deepStrictEqual(second, first)
      assert.lengthOf((await tasks.list()).items, 1)
    })
  )

  it.effect("rejects with TOKEN_MISSING without a token and with TOKEN_INVALID for a malformed one", () =>
    Effect.gen(function* () {
      const { url } = yield* Service
      for (const token of ["", () => undefined, async () => null]) {
        const error = yield* Effect.promise(() => thrown(makeTasksClient({ baseUrl: url, token }).tasks.list()))
        assert.isTrue(isApiError(error, "TOKEN_MISSING"))
      }
      const error = yield* Effect.promise(() => thrown(makeTasksClient({ baseUrl: `${url}/`, token: "x" }).me()))
      assert.isTrue(isApiError(error, "TOKEN_INVALID"))
    })
  )
})
