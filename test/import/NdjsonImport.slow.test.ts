import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { contentOf, exported, file } from "../support/Account.ts"
import { run, timeout } from "../support/Process.ts"
import * as TestDatabase from "../support/TestDatabase.ts"
import { generateExport, toNdjson, unordered } from "./exportData.ts"

describe("tasks import of an NDJSON export", () => {
  it.live(
    "copies an account of 100,000 tasks into another one",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.make }
        const records = yield* generateExport(100_000)
        const path = yield* file("all.ndjson", toNdjson(records))
        const { code, stdout, stderr } = yield* run(["import", path, "--sub", "ada"], environment)
        assert.strictEqual(code, 0, stdout + stderr)
        assert.include(stdout, "imported: 10 projects, 10 tags, 100000 tasks")
        const copy = contentOf(yield* exported("ada", environment))
        // Compared as text: an assertion on so many objects takes longer than the import.
        assert.isTrue(unordered(copy).join("\n") === unordered(records).join("\n"))
      }),
    3 * timeout
  )
})
