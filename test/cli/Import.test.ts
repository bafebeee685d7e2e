import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { both, contentOf, exported, file, rowsOf } from "../support/Account.ts"
import { imported, importsAndExports, made, toNdjson, unordered } from "../support/Imports.ts"
import { run, timeout } from "../support/Process.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

describe.each(both)("tasks import on %s", (_, database) => {
  it.live(
    "copies an account from its export, leaves the first account as it was, and adds nothing the second time",
    () =>
      Effect.gen(function* () {
        const environment = yield* database
        assert.strictEqual((yield* run(["seed", "--sub", "ada", "--tasks", "600"], environment)).code, 0)
        const before = yield* exported("ada", environment)
        const path = yield* file("export.ndjson", before)
        const { code, stderr, stdout } = yield* imported(path, "bob", environment)
        assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
        assert.include(stdout, "imported: 10 projects, 10 tags, 600 tasks")
        const copy = yield* exported("bob", environment)
        assert.deepStrictEqual(contentOf(copy), contentOf(before))
        assert.isTrue(rowsOf(copy).every(({ user_id }) => user_id === "bob"))
        assert.strictEqual(yield* exported("ada", environment), before)

        const again = yield* imported(path, "bob", environment)
        assert.strictEqual(again.code, 0)
        assert.include(again.stdout, "imported: 0 projects, 0 tags, 0 tasks")
        assert.include(again.stdout, "already there: 10 projects, 10 tags, 600 tasks")
        assert.strictEqual(yield* exported("bob", environment), copy)
      }),
    timeout
  )

  it.live(
    "reports each invalid line by number and field, and imports the others",
    () =>
      Effect.gen(function* () {
        const environment = yield* database
        const all = yield* made(12)
        const lines = toNdjson(all).split("\n")
        const damage = (line: number, change: object) => {
          lines[line - 1] = JSON.stringify({ ...JSON.parse(lines[line - 1] ?? ""), ...change })
        }
        damage(2, { name: " \u0085 " })
        damage(21, { title: "", due_at: "tomorrow" })
        damage(22, { project_id: "019c2f7e-0000-7000-8000-000000000000" })
        damage(23, { tag_ids: ["019c2f7e-0000-7000-8000-000000000000"] })
        damage(24, { type: "note" })
        damage(25, { colour: "red" })
        damage(26, { status: "completed", completed_at: null })
        damage(27, { title: "a\0b", description: null })
        damage(28, { version: 2 ** 31 })
        lines[28] = "{ half a line"
        const text = Buffer.from(lines.join("\n"))
        // Not UTF-8, in the last line of all.
        text[text.lastIndexOf('"title":"') + 10] = 0xff
        const { code, stderr, stdout } = yield* imported(yield* file("damaged.ndjson", text), "ada", environment)
        assert.strictEqual(code, 1)
        for (const line of [
          "line 2: name: Must not be blank",
          "line 21: title: Must not be blank",
          "line 21: due_at: Must be a time like 2026-11-20T09:30:00Z (RFC 3339)",
          "line 22: project_id: There is no such project, in the file or the account",
          "line 23: tag_ids: There is no such tag, in the file or the account",
          "line 24: type: Must be project, tag or task",
          "line 25: colour: Is not known here",
          "line 26: task: Must have completed_at exactly when its status is completed",
          "line 27: title: Must not contain NUL or half of a surrogate pair",
          "line 28: version: Must be a version, from 1",
          "line 29: Must be a JSON object",
          "line 32: Must be UTF-8"
        ]) {
          assert.include(stderr.split("\n"), line)
        }
        // What names the project of line 2 is lost with it.
        const missing = (all[1] as { readonly id: string }).id
        const orphans = all.filter((row, n) => "project_id" in row && row.project_id === missing && n > 28 && n < 31)
        const lost = 11 + orphans.length
        assert.include(stdout, `not imported: ${lost} lines`)
        assert.include(stderr, `tasks: ${lost} lines were lost`)
        const damaged = [2, 21, 22, 23, 24, 25, 26, 27, 28, 29, 32]
        const rest = all.filter((row, n) => !damaged.includes(n + 1) && !orphans.includes(row))
        assert.deepStrictEqual(unordered(contentOf(yield* exported("ada", environment))), unordered(rest))
      }),
    timeout
  )
})

describe("tasks import of an export", () => {
  it.live(
    "finds the projects and tags of a task anywhere in the file, and in the account",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.make }
        // More than are written at a time.
        const all = yield* made(600)
        const tasks = yield* file("tasks.ndjson", toNdjson(all.slice(20)))
        const upsideDown = yield* file("all.ndjson", `\uFEFF\r\n${toNdjson(all.toReversed()).replaceAll("\n", "\r\n")}`)
        assert.strictEqual((yield* imported(tasks, "ada", environment)).code, 1)
        assert.strictEqual((yield* imported(upsideDown, "ada", environment)).code, 0)
        assert.strictEqual(
          (yield* imported(yield* file("some.ndjson", toNdjson(all.slice(0, 20))), "bob", environment)).code,
          0
        )
        assert.strictEqual((yield* imported(tasks, "bob", environment)).code, 0)
        for (const sub of ["ada", "bob"]) {
          assert.deepStrictEqual(unordered(contentOf(yield* exported(sub, environment))), unordered(all))
        }
      }),
    timeout
  )

  it.live(
    "uses the account's own tag of the same name, and counts a repeated row once",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.make }
        const [template] = (yield* made(1)).slice(-1)
        const [tag] = (yield* made(1)).filter(({ type }) => type === "tag")
        const id = (n: number) => `019c2f7e-0000-7000-8000-00000000000${n}`
        const own = { ...tag, id: id(1), name: "Work" }
        const task = { ...template, id: id(3), project_id: null, tag_ids: [id(1), id(2), id(4)] }
        yield* imported(yield* file("own.ndjson", toNdjson([own])), "ada", environment)
        const second = [{ ...tag, id: id(2), name: "work" }, { ...tag, id: id(4), name: "WORK" }, task, task]
        const { code, stdout } = yield* imported(yield* file("more.ndjson", toNdjson(second)), "ada", environment)
        assert.strictEqual(code, 0)
        assert.include(stdout, "imported: 0 projects, 0 tags, 1 task\nalready there: 0 projects, 2 tags, 1 task\n")
        assert.deepStrictEqual(contentOf(yield* exported("ada", environment)), [own, { ...task, tag_ids: [id(1)] }])
      }),
    timeout
  )

  it.live(
    "does not change another account that has rows with the same ids",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.make }
        const all = yield* made(30)
        const renamed = all.map((row) =>
          "title" in row ? { ...row, title: "bob's", tag_ids: [] } : { ...row, name: row.id }
        )
        yield* imported(yield* file("ada.ndjson", toNdjson(all)), "ada", environment)
        const before = yield* exported("ada", environment)
        assert.strictEqual((yield* imported(yield* file("bob.ndjson", toNdjson(renamed)), "bob", environment)).code, 0)
        assert.strictEqual(yield* exported("ada", environment), before)
        assert.deepStrictEqual(unordered(contentOf(yield* exported("bob", environment))), unordered(renamed))
      }),
    timeout
  )

  it.live(
    "refuses a file that is not an export, and accepts an empty one",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.make }
        const prose = yield* imported(yield* file("prose.txt", "Dear Ada,\n\nhow are you?\n"), "ada", environment)
        assert.strictEqual(prose.code, 1)
        assert.match(
          prose.stderr,
          /^tasks: \S+ is neither an export of this service nor a project that Todoist exported/
        )
        assert.strictEqual((yield* imported(yield* file("empty.ndjson", ""), "ada", environment)).code, 0)
        assert.strictEqual((yield* imported("/nowhere", "ada", environment)).code, 1)
        assert.strictEqual(yield* exported("ada", environment), "")
      }),
    timeout
  )

  it.live("exports what it has imported, over several batches", () => importsAndExports({ tasks: 1_200 }), timeout)
})
