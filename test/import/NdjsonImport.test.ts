import { execFileSync } from "node:child_process"
import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { contentOf, exported, file, rowsOf } from "../support/Account.ts"
import * as PostgresServer from "../support/PostgresServer.ts"
import { type Environment, run, timeout } from "../support/Process.ts"
import * as TestDatabase from "../support/TestDatabase.ts"
import { generateExport, toNdjson, unordered } from "./exportData.ts"

const imported = (path: string, sub: string, environment: Environment) =>
  run(["import", path, "--sub", sub], environment)

/** A named pipe with this content. */
const pipe = Effect.fnUntraced(function* (content: string) {
  const path = join(yield* TestDatabase.directory, "pipe")
  execFileSync("mkfifo", [path])
  yield* Effect.forkScoped(Effect.promise(() => writeFile(path, content)))
  return path
})

describe("tasks import of an NDJSON export", () => {
  it.live(
    "copies an account through a pipe into another one, and does not change the first",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.make }
        assert.strictEqual((yield* run(["seed", "--sub", "ada", "--tasks", "300"], environment)).code, 0)
        const before = yield* exported("ada", environment)
        const { code, stderr, stdout } = yield* imported(yield* pipe(before), "bob", environment)
        assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
        assert.include(stdout, "imported: 10 projects, 10 tags, 300 tasks")
        const copy = yield* exported("bob", environment)
        assert.deepStrictEqual(contentOf(copy), contentOf(before))
        assert.isTrue(rowsOf(copy).every(({ user_id }) => user_id === "bob"))
        assert.strictEqual(yield* exported("ada", environment), before)
      }),
    timeout
  )

  // The role of TEST_DATABASE_URL may not be allowed to create roles.
  it.live.skipIf(process.env.TEST_DATABASE_URL)(
    "finds tasks by the primary key in a database that was empty, as a role that owns nothing",
    () =>
      Effect.gen(function* () {
        const { service, superuser } = yield* TestDatabase.makeWithRls
        const path = yield* file("all.ndjson", toNdjson(yield* generateExport(4_000)))
        const environment = { DATABASE_URL: service, DATABASE_RLS: "on" }
        assert.strictEqual((yield* imported(path, "ada", environment)).code, 0)
        // Without statistics, other indexes of the user's tasks are read from end to end. The session of the import has
        // ended, so that its counts are complete.
        const scans = yield* PostgresServer.administer(
          superuser,
          (sql) => sql`
            select indexrelname, idx_scan from pg_stat_user_indexes
            where relname = 'task' and indexrelname not in ('task_pkey', 'task_by_parent_id') and idx_scan > 20
          `
        )
        assert.deepStrictEqual(scans, [])
      }),
    timeout
  )

  it.live(
    "rejects invalid lines with number and field, and imports the others",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.make }
        const all = yield* generateExport(12)
        const lines = toNdjson(all).split("\n")
        const damage = (line: number, change: object) => {
          lines[line - 1] = JSON.stringify({ ...JSON.parse(lines[line - 1] ?? ""), ...change })
        }
        damage(2, { name: "\u0085 \u200b" })
        damage(21, { title: "", due_at: "tomorrow" })
        damage(22, { project_id: "019c2f7e-0000-7000-8000-000000000000" })
        damage(23, { tag_ids: ["019c2f7e-0000-7000-8000-000000000000"] })
        damage(24, { type: "note" })
        damage(25, { colour: "red" })
        damage(26, { status: "completed", completed_at: null })
        damage(27, { title: "a\0b", description: null })
        damage(28, { version: 0 })
        lines[28] = "{ half a line"
        const text = Buffer.from(lines.join("\n"))
        // An invalid byte in the last line.
        text[text.lastIndexOf('"title":"') + 10] = 0xff
        const { code, stderr, stdout } = yield* imported(yield* file("damaged.ndjson", text), "ada", environment)
        assert.strictEqual(code, 1)
        for (const line of [
          "line 2: error: name: Must not be blank",
          "line 21: error: title: Must not be blank",
          "line 21: error: due_at: Must be a time like 2026-11-20T09:30:00Z (RFC 3339)",
          "line 22: error: project_id: No such project is in the file or in the account",
          "line 23: error: tag_ids: No such tag is in the file or in the account",
          "line 24: error: type: Must be project, tag, task or completion",
          "line 25: error: colour: Is unknown",
          "line 26: error: task: Must have completed_at exactly when its status is completed",
          "line 27: error: title: Must not contain NUL or half of a surrogate pair",
          "line 28: error: version: Must be a whole number from 1",
          "line 29: error: Must be a JSON object",
          "line 32: error: Must be UTF-8"
        ]) {
          assert.include(stderr.split("\n"), line)
        }
        // Tasks of the project in line 2 are rejected too.
        const missing = (all[1] as { readonly id: string }).id
        const orphans = all.filter((row, n) => "project_id" in row && row.project_id === missing && n > 28 && n < 31)
        const rejected = 11 + orphans.length
        assert.include(stdout, `not imported: ${rejected} lines`)
        assert.include(stderr, `tasks: ${rejected} lines were not imported.`)
        const damaged = [2, 21, 22, 23, 24, 25, 26, 27, 28, 29, 32]
        const rest = all.filter((row, n) => !damaged.includes(n + 1) && !orphans.includes(row))
        assert.deepStrictEqual(unordered(contentOf(yield* exported("ada", environment))), unordered(rest))
      }),
    timeout
  )

  it.live(
    "gives tasks the parents that an earlier import of them lacked",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.make }
        const all = yield* generateExport(600)
        const tasks = yield* file("tasks.ndjson", toNdjson(all.slice(20)))
        const whole = yield* file("whole.ndjson", toNdjson(all))
        // Most tasks have a project or tags, and are rejected without them.
        assert.strictEqual((yield* imported(tasks, "ada", environment)).code, 1)
        assert.strictEqual((yield* imported(whole, "ada", environment)).code, 0)
        const parentsOf = (rows: ReadonlyArray<object>) =>
          rows.flatMap((row) => ("parent_id" in row && "id" in row ? [`${row.id} ${row.parent_id}`] : [])).toSorted()
        assert.deepStrictEqual(parentsOf(contentOf(yield* exported("ada", environment))), parentsOf(all))
        const again = yield* imported(whole, "ada", environment)
        assert.deepStrictEqual([again.code, again.stderr], [0, ""])
      }),
    timeout
  )

  it.live(
    "finds the project and the tags of a task anywhere in the file, and in the account",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.make }
        // More than one batch.
        const all = yield* generateExport(600)
        const tasks = yield* file("tasks.ndjson", toNdjson(all.slice(20)))
        // A subtask without its parent would be imported as a task of its own.
        const parents = yield* file(
          "parents.ndjson",
          toNdjson(all.slice(20).filter((row) => !("parent_id" in row) || row.parent_id === null))
        )
        const upsideDown = yield* file("all.ndjson", `\uFEFF\r\n${toNdjson(all.toReversed()).replaceAll("\n", "\r\n")}`)
        assert.strictEqual((yield* imported(parents, "ada", environment)).code, 1)
        assert.strictEqual((yield* imported(upsideDown, "ada", environment)).code, 0)
        assert.strictEqual(
          (yield* imported(yield* file("some.ndjson", toNdjson(all.slice(0, 20))), "bob", environment)).code,
          0
        )
        assert.strictEqual((yield* imported(tasks, "bob", environment)).code, 0)
        assert.deepStrictEqual(unordered(contentOf(yield* exported("bob", environment))), unordered(all))
        // A task that was there got a new version with its subtasks.
        const withoutVersions = (rows: ReadonlyArray<Record<string, unknown>>) =>
          unordered(rows.map(({ updated_at: _, version: __, ...row }) => row))
        assert.deepStrictEqual(withoutVersions(contentOf(yield* exported("ada", environment))), withoutVersions(all))
      }),
    timeout
  )

  it.live(
    "uses the tag of the account that has the same name, and imports a row that occurs twice once",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.make }
        const [template] = (yield* generateExport(1)).slice(-1)
        const [tag] = (yield* generateExport(1)).filter(({ type }) => type === "tag")
        const id = (n: number) => `019c2f7e-0000-7000-8000-00000000000${n}`
        const own = { ...tag, id: id(1), name: "Work" }
        const task = { ...template, id: id(3), project_id: null, tag_ids: [id(1), id(2), id(4)] }
        yield* imported(yield* file("own.ndjson", toNdjson([own])), "ada", environment)
        const second = [{ ...tag, id: id(2), name: "work" }, { ...tag, id: id(4), name: "WORK" }, task, task]
        const { code, stdout } = yield* imported(yield* file("more.ndjson", toNdjson(second)), "ada", environment)
        assert.strictEqual(code, 0)
        assert.include(
          stdout,
          "imported: 0 projects, 0 tags, 1 task\nalready there, not changed: 0 projects, 2 tags, 1 task\n"
        )
        assert.deepStrictEqual(contentOf(yield* exported("ada", environment)), [own, { ...task, tag_ids: [id(1)] }])
      }),
    timeout
  )

  it.live(
    "does not change another account that has rows with the same ids",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.make }
        const all = yield* generateExport(30)
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
    "rejects a file of another format, and accepts an empty file",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.make }
        const prose = yield* imported(yield* file("prose.txt", "Dear Ada,\n\nhow are you?\n"), "ada", environment)
        const compressed = yield* imported(yield* file("all.gz", Uint8Array.of(0x1f, 0x8b, 0x08)), "ada", environment)
        for (const { code, stderr, stdout } of [prose, compressed]) {
          assert.deepStrictEqual([code, stdout], [1, ""])
          assert.match(stderr, /^tasks: \S+ is neither an export of this service nor a project exported by Todoist/)
        }
        assert.strictEqual((yield* imported(yield* file("empty.ndjson", ""), "ada", environment)).code, 0)
        assert.strictEqual((yield* imported("/nowhere", "ada", environment)).code, 1)
        assert.strictEqual(yield* exported("ada", environment), "")
      }),
    timeout
  )
})
