import { join } from "node:path"
import { assert, describe, expect, it } from "@effect/vitest"
import { errorReference } from "../../scripts/errorReference.ts"
import { apiErrors } from "../../src/api/errors/ApiErrors.ts"
import { errorEntries } from "../../src/api/openapi/ErrorReference.ts"

describe("Error reference", () => {
  // After an intended change, `npm run docs` writes the page anew.
  it("equals docs/problems.md", () =>
    expect(errorReference()).toMatchFileSnapshot(join(import.meta.dirname, "../../docs/problems.md")))

  it("lists every error of the API, by status", () => {
    const entries = errorEntries()
    assert.lengthOf(entries, apiErrors.length)
    const statuses = entries.map(({ status }) => status)
    assert.deepStrictEqual(
      statuses,
      statuses.toSorted((a, b) => a - b)
    )
  })

  it("derives type and code from the class name", () => {
    for (const { body, name } of errorEntries()) {
      assert.strictEqual(body.type, `urn:tasks:${name.replaceAll(/(?!^)[A-Z]/g, "-$&").toLowerCase()}`)
      if (name !== "Unauthorized") assert.strictEqual(body.code, name.replaceAll(/(?!^)[A-Z]/g, "_$&").toUpperCase())
    }
  })

  it("shows the current row wherever an error carries one", () => {
    for (const { body, name } of errorEntries()) {
      const carriesRow = /AlreadyExists|VersionConflict|NameTaken/.test(name)
      assert.strictEqual("current" in body, carriesRow, name)
    }
  })
})
