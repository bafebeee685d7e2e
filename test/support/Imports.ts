import { assert } from "@effect/vitest"
import { Effect, Random } from "effect"
import { rows } from "../../src/cli/SeedData.ts"
import { contentOf, exported, file } from "./Account.ts"
import { type Environment, run } from "./Process.ts"
import * as TestDatabase from "./TestDatabase.ts"

export const imported = (path: string, sub: string, environment: Environment) =>
  run(["import", path, "--sub", sub], environment)

/** An account of so many tasks, as it would be exported but for the order. */
export const made = Effect.fnUntraced(function* (tasks: number) {
  const random = yield* Random.Random.pipe(Random.withSeed(7))
  return Array.from(rows(random, tasks, Date.UTC(2026, 0, 1)), ({ type, value }) => ({ type, ...value }))
})

export const toNdjson = (rows: ReadonlyArray<object>) => rows.map((row) => `${JSON.stringify(row)}\n`).join("")

/** Rows without regard to their order, to that of their tags, and to that of their members. */
export const unordered = (rows: ReadonlyArray<Record<string, unknown>>) =>
  rows
    .map((row) => (Array.isArray(row.tag_ids) ? { ...row, tag_ids: row.tag_ids.toSorted() } : row))
    .map((row) => JSON.stringify(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1))))
    .toSorted()

/** Imports so many tasks and compares the account's export with them. */
export const importsAndExports = Effect.fnUntraced(function* ({ tasks }: { readonly tasks: number }) {
  const environment = { DATABASE_URL: yield* TestDatabase.make }
  const all = yield* made(tasks)
  const { code, stdout } = yield* imported(yield* file("all.ndjson", toNdjson(all)), "ada", environment)
  assert.strictEqual(code, 0)
  assert.include(stdout, `imported: 10 projects, 10 tags, ${tasks} tasks`)
  const copy = contentOf(yield* exported("ada", environment))
  // Compared as text: an assertion on so many objects would take longer than all before it.
  assert.isTrue(unordered(copy).join("\n") === unordered(all).join("\n"))
})
