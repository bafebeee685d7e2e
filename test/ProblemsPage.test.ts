import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { apiErrors } from "../src/api/errors/ApiErrors.ts"
import { errorExamples } from "../src/api/openapi/ErrorExamples.ts"

const errors = join(import.meta.dirname, "../src/api/errors")
const page = readFileSync(join(import.meta.dirname, "../docs/problems.md"), "utf8")

const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.split("\n", 1)[0] ?? "", section])
)

describe("The problems", () => {
  it("are all in the list of them", () => {
    const declared = readdirSync(errors).flatMap((file) =>
      Array.from(readFileSync(join(errors, file), "utf8").matchAll(/"(urn:tasks:[a-z-]+)"/g), ([, type]) => type)
    )
    assert.sameMembers(
      apiErrors.map(({ fields }) => fields.type.schema.literal as string),
      declared
    )
  })

  it("have a section each, and no section is spare", () => {
    assert.sameMembers(
      [...sections.keys()],
      errorExamples().map(({ body }) => body.type.replace("urn:tasks:", ""))
    )
    for (const { body } of errorExamples()) {
      const section = sections.get(body.type.replace("urn:tasks:", ""))
      assert.include(section, `\n\n${body.status}, `)
      assert.include(section, `\`${body.code}\``)
      for (const member of ["current", "errors", "allow", "checks"]) {
        if (member in body) assert.include(section, `\`${member}\``)
      }
    }
  })
})
