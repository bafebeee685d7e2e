import { readdir } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { migrations } from "../../migrations/index.ts"
import { compare, MigrationMismatch } from "../../src/database/Migrations.ts"
import { root } from "../support/Process.ts"

const recorded = (...names: ReadonlyArray<string>) =>
  names.map((name) => ({ migration_id: Number.parseInt(name, 10), name: name.replace(/^\d+_/, "") }))

/** The names at the head of the faults. */
const accused = (reason: RegExp, known: ReadonlyArray<string>, ...applied: ReadonlyArray<string>) => {
  const result = compare(known, recorded(...applied))
  assert(result instanceof MigrationMismatch)
  for (const fault of result.faults) {
    assert.include(result.message, fault)
    assert.match(fault, reason)
  }
  return result.faults.map((fault) => fault.split(":", 1)[0])
}

describe("Migrations.compare", () => {
  it("accepts applied migrations that are the first ones of the code, listed in any order", () => {
    const known = ["0002_b", "0010_j", "0001_a", ...[3, 4, 5, 6, 7, 8, 9].map((number) => `000${number}_x`)]
    assert.deepStrictEqual(compare(["0001_a", "0002_b"], []), {
      applied: [],
      pending: ["0001_a", "0002_b"],
      unknown: []
    })
    assert.deepStrictEqual(compare(["0002_b", "0001_a"], recorded("0001_a")), {
      applied: ["0001_a"],
      pending: ["0002_b"],
      unknown: []
    })
    const result = compare(known, recorded("0001_a", "0002_b"))
    assert(!(result instanceof MigrationMismatch))
    assert.strictEqual(result.pending.at(-1), "0010_j")
    assert.deepStrictEqual(compare([], []), { applied: [], pending: [], unknown: [] })
  })

  it("accepts newer applied migrations, because an older version may run", () => {
    assert.deepStrictEqual(compare(["0001_a"], recorded("0001_a", "0002_b", "0003_c")), {
      applied: ["0001_a"],
      pending: [],
      unknown: ["0002_b", "0003_c"]
    })
  })

  it("rejects a gap and names the file after it", () => {
    assert.deepStrictEqual(accused(/gap/, ["0001_a", "0003_c"]), ["0003_c"])
    assert.deepStrictEqual(accused(/gap/, ["0002_b"]), ["0002_b"])
  })

  it("rejects a number that is used twice, also when one of the two is applied", () => {
    assert.deepStrictEqual(accused(/used twice/, ["0001_a", "0002_b", "0002_c"]), ["0002_c"])
    assert.deepStrictEqual(accused(/used twice/, ["0001_a", "0002_b", "0002_c"], "0001_a", "0002_b"), ["0002_c"])
  })

  it("rejects a pending migration below an applied one", () => {
    assert.deepStrictEqual(accused(/is not applied/, ["0001_a", "0002_late", "0003_c"], "0001_a", "0003_c"), [
      "0002_late"
    ])
  })

  it("rejects a migration that was renamed after it was applied", () => {
    assert.deepStrictEqual(accused(/applied under the name old/, ["0001_a", "0002_new"], "0001_a", "0002_old"), [
      "0002_new"
    ])
  })

  it("reports every mismatch at once", () => {
    assert.deepStrictEqual(accused(/applied|gap/, ["0001_new", "0002_late", "0004_d"], "0001_a", "0004_d"), [
      "0001_new",
      "0002_late",
      "0004_d"
    ])
  })

  it("knows exactly the files of the folder, by their names", async () => {
    const files = (await readdir(join(root, "migrations"))).filter((file) => file !== "index.ts")
    assert.deepStrictEqual(
      Object.keys(migrations).map((name) => `${name}.ts`),
      files.toSorted()
    )
    for (const [name, migration] of Object.entries(migrations)) {
      assert.match(name, /^\d{4}_[a-z0-9_]+$/)
      const module = await import(join(root, "migrations", `${name}.ts`))
      assert.strictEqual(module.default, migration.default)
      assert.strictEqual(module.down, migration.down)
    }
    assert.isFalse(compare(Object.keys(migrations), []) instanceof MigrationMismatch)
  })
})
