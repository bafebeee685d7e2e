import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { assert } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import { type Environment, run } from "./Process.ts"
import * as TestDatabase from "./TestDatabase.ts"

/** The environment of a command with a migrated database of its own, on PostgreSQL and on PGlite. */
export const both: ReadonlyArray<readonly [string, Effect.Effect<Environment, unknown, Scope.Scope>]> = [
  ["PostgreSQL", Effect.map(TestDatabase.make, (DATABASE_URL) => ({ DATABASE_URL }))],
  ["PGlite", Effect.map(TestDatabase.makeEmbedded, (DATA_DIR) => ({ DATA_DIR }))]
]

/** A file of this name, removed with the scope. */
export const file = Effect.fnUntraced(function* (name: string, content: string | Uint8Array) {
  const path = join(yield* TestDatabase.directory, name)
  yield* Effect.promise(() => writeFile(path, content))
  return path
})

export const exported = Effect.fnUntraced(function* (sub: string, environment: Environment) {
  const { code, stderr, stdout } = yield* run(["export", "--sub", sub], environment)
  assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
  return stdout
})

export const rowsOf = (ndjson: string) =>
  ndjson
    .split("\n")
    .slice(0, -1)
    .map((line) => JSON.parse(line))

/** The rows of an export without their owner, and without the counts that the server makes. */
export const contentOf = (ndjson: string) => rowsOf(ndjson).map(({ subtasks: _, user_id: __, ...row }) => row)
