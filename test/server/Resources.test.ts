import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { HttpTestClient, nextPage } from "../support/HttpTestClient.ts"
import { all } from "../support/TestDatabase.ts"

const post = Effect.fnUntraced(function* (path: string, body: unknown, as: string) {
  const request = yield* HttpTestClient
  const answer = yield* request("POST", `/api/${path}`, { as, body })
  assert.strictEqual(answer.status, 201, JSON.stringify(answer.body))
  return answer.body
})

const get = Effect.fnUntraced(function* (path: string, as: string) {
  const request = yield* HttpTestClient
  return (yield* request("GET", `/api/${path}`, { as })).body
})

const patch = Effect.fnUntraced(function* (path: string, body: unknown, as: string, headers = {}) {
  const request = yield* HttpTestClient
  return yield* request("PATCH", `/api/${path}`, { as, body, headers })
})

describe.each(all)("Projects and tags on %s", (_, database) => {
  layer(HttpTestClient.layer.pipe(Layer.provide(database)), { excludeTestServices: true, timeout: 300_000 })((it) => {
    it.effect.each([
      ["projects", { name: "Home", description: null, color: "#3b82f6", archived: false }],
      ["tags", { name: "urgent", color: null }]
    ] as const)("%s are created, updated with If-Match, paginated and deleted like tasks", ([path, body]) =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const made = yield* post(path, { ...body, name: ` ${body.name} ` }, "ada")
        assert.deepInclude(made, { ...body, version: 1, user_id: "ada" })

        const changed = yield* patch(`${path}/${made.id}`, { color: "#000000" }, "ada", { "if-match": '"1"' })
        assert.deepInclude(changed.body, { ...body, color: "#000000", version: 2 })
        assert.strictEqual(changed.headers.get("etag"), '"2"')
        const stale = yield* patch(`${path}/${made.id}`, { color: null }, "ada", { "if-match": '"1"' })
        assert.deepInclude(stale.body, { status: 412, current: changed.body })
        const held = yield* request("GET", `/api/${path}/${made.id}`, {
          as: "ada",
          headers: { "if-none-match": '"2"' }
        })
        assert.strictEqual(held.status, 304)

        const again = yield* request("POST", `/api/${path}`, { as: "ada", body: { id: made.id, name: "again" } })
        assert.deepInclude(again.body, { status: 409, current: changed.body })

        for (const n of [1, 2, 3]) yield* post(path, { name: `${body.name} ${n}` }, "ada")
        const first = yield* request("GET", `/api/${path}?limit=3&count=exact`, { as: "ada" })
        assert.strictEqual(first.headers.get("x-total-count"), "4")
        const next = nextPage(`/api/${path}`, first)
        const second = yield* request("GET", next, { as: "ada" })
        assert.deepStrictEqual(
          [...first.body, ...second.body].map(({ name }) => name),
          [3, 2, 1].map((n) => `${body.name} ${n}`).concat(body.name)
        )
        assert.isNull(second.headers.get("link"))

        const kept = yield* request("DELETE", `/api/${path}/${made.id}`, { as: "ada", headers: { "if-match": '"1"' } })
        assert.strictEqual(kept.status, 412)
        assert.strictEqual((yield* request("DELETE", `/api/${path}/${made.id}`, { as: "ada" })).status, 204)
        assert.strictEqual((yield* request("GET", `/api/${path}/${made.id}`, { as: "ada" })).status, 404)

        const wrong = yield* request("POST", `/api/${path}`, {
          as: "ada",
          body: { name: "", color: "red", version: 1 }
        })
        assert.sameMembers(
          wrong.body.errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`),
          ["/body/name blank", "/body/color format", "/body/version unknown"]
        )
      })
    )

    it.effect("a tag name is unique per user without regard to case", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const current = yield* post("tags", { name: "Später" }, "bob")
        const taken = { status: 409, code: "TAG_NAME_TAKEN", current }
        assert.deepInclude((yield* request("POST", "/api/tags", { as: "bob", body: { name: "sPÄTER" } })).body, taken)
        assert.deepInclude(
          (yield* request("POST", "/api/tags", { as: "bob", body: { name: "spa\u0308ter" } })).body,
          taken
        )
        const other = yield* post("tags", { name: "soon" }, "bob")
        assert.deepInclude((yield* patch(`tags/${other.id}`, { name: "SPÄTER" }, "bob")).body, taken)
        assert.deepInclude((yield* patch(`tags/${current.id}`, { name: "SPÄTER" }, "bob")).body, { name: "SPÄTER" })
        yield* post("tags", { name: "später" }, "carol")
      })
    )

    it.effect.each([
      "urgent\u200b",
      "\u2060ur\u00adgent",
      "urgent\ufe0f",
      "\u202aurgent\u202c",
      "u\u200dr\u{e0067}gent",
      "ｕｒｇｅｎｔ"
    ])("a tag name that looks like another one is taken: %j", (name) =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const user = `similar to ${encodeURIComponent(name)}`
        const current = yield* post("tags", { name: "Urgent" }, user)
        const response = yield* request("POST", "/api/tags", { as: user, body: { name } })
        assert.deepInclude(response.body, { status: 409, code: "TAG_NAME_TAKEN", current })
      })
    )

    it.effect("white space of any kind and length separates the words of a tag name", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        yield* post("tags", { name: "at home" }, "spaces")
        for (const name of ["at  home", "at\u00a0home", "at\thome", "at\u3000\u2800home"]) {
          const { status } = yield* request("POST", "/api/tags", { as: "spaces", body: { name } })
          assert.strictEqual(status, 409, JSON.stringify(name))
        }
        yield* post("tags", { name: "athome" }, "spaces")
      })
    )

    it.effect("tag names of the longest kind are stored", () =>
      Effect.gen(function* () {
        // Compatibility decomposition makes 18 letters of this ligature.
        yield* post("tags", { name: "\ufdfa".repeat(50) }, "a".repeat(255))
      })
    )

    it.effect("a task can have a project and tags", () =>
      Effect.gen(function* () {
        const project = yield* post("projects", { name: "Home" }, "dan")
        const [red, blue, green] = yield* Effect.forEach(["red", "blue", "green"], (name) =>
          post("tags", { name }, "dan")
        )
        const ids = (...tags: ReadonlyArray<{ id: string }>) => tags.map(({ id }) => id).toSorted()
        const task = yield* post(
          "tasks",
          {
            title: "Paint",
            project_id: project.id,
            tag_ids: [blue.id, red.id],
            priority: "high",
            due_at: "2027-01-01T00:00:00+01:00"
          },
          "dan"
        )
        assert.deepInclude(task, {
          project_id: project.id,
          tag_ids: ids(red, blue),
          priority: "high",
          due_at: "2026-12-31T23:00:00.000Z"
        })
        assert.deepStrictEqual(yield* get(`tasks/${task.id}`, "dan"), task)
        const renamed = yield* patch(`tasks/${task.id}`, { title: "Paint it" }, "dan")
        assert.deepStrictEqual(renamed.body.tag_ids, ids(red, blue))
        const retagged = yield* patch(`tasks/${task.id}`, { tag_ids: [green.id.toUpperCase(), red.id] }, "dan")
        assert.deepStrictEqual(retagged.body.tag_ids, ids(green, red))
        assert.deepStrictEqual((yield* get("tasks", "dan"))[0], retagged.body)
        const cleared = yield* patch(`tasks/${task.id}`, { tag_ids: [], project_id: null, due_at: null }, "dan")
        assert.deepInclude(cleared.body, { tag_ids: [], project_id: null, due_at: null, priority: "high" })
        const twice = yield* patch(`tasks/${task.id}`, { tag_ids: [red.id, red.id] }, "dan")
        assert.deepStrictEqual(twice.body.errors[0].code, "duplicate")
      })
    )

    it.effect("completed_at is set and cleared with the status", () =>
      Effect.gen(function* () {
        const done = yield* post("tasks", { title: "done", status: "completed" }, "eve")
        assert.strictEqual(done.completed_at, done.created_at)
        const renamed = yield* patch(`tasks/${done.id}`, { title: "still done", status: "completed" }, "eve")
        assert.strictEqual(renamed.body.completed_at, done.completed_at)
        const open = yield* patch(`tasks/${done.id}`, { status: "pending" }, "eve")
        assert.isNull(open.body.completed_at)
        const again = yield* patch(`tasks/${done.id}`, { status: "completed" }, "eve")
        assert.strictEqual(again.body.completed_at, again.body.updated_at)
      })
    )

    it.effect("deleting a project or a tag removes it from its tasks and increments their versions", () =>
      Effect.gen(function* () {
        const request = yield* HttpTestClient
        const project = yield* post("projects", { name: "Home" }, "fay")
        const tag = yield* post("tags", { name: "red" }, "fay")
        const inside = yield* post("tasks", { title: "in", project_id: project.id, tag_ids: [tag.id] }, "fay")
        const outside = yield* post("tasks", { title: "out" }, "fay")
        yield* request("DELETE", `/api/projects/${project.id}`, { as: "fay", headers: { "if-match": '"7"' } })
        assert.deepStrictEqual(yield* get(`tasks/${inside.id}`, "fay"), inside)
        yield* request("DELETE", `/api/projects/${project.id}`, { as: "fay" })
        assert.deepInclude(yield* get(`tasks/${inside.id}`, "fay"), { project_id: null, tag_ids: [tag.id], version: 2 })
        yield* request("DELETE", `/api/tags/${tag.id}`, { as: "fay" })
        assert.deepInclude(yield* get(`tasks/${inside.id}`, "fay"), { tag_ids: [], version: 3 })
        assert.deepStrictEqual(yield* get(`tasks/${outside.id}`, "fay"), outside)
      })
    )
  })
})
