import { readdirSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { assert, describe, it } from "@effect/vitest"

const src = join(import.meta.dirname, "../src")

/** What each floor may import: our own folders, and packages by their first words. Everything else it must not. */
const allowed: Record<string, { readonly ours: ReadonlyArray<string>; readonly packages: RegExp }> = {
  domain: { ours: ["domain"], packages: /^effect$/ },
  api: { ours: ["domain", "api"], packages: /^effect(\/http-api)?$/ },
  client: { ours: ["domain", "api", "client"], packages: /^effect(\/http|\/http-api)?$/ },
  repo: { ours: ["domain", "api", "repo"], packages: /^(effect(\/sql|\/crypto)?|fractional-indexing)$/ },
  service: { ours: ["domain", "api", "service"], packages: /^(effect(\/http|\/persistence)?|jose|node:crypto)$/ },
  platform: {
    // What repositories ask of the database beside statements: patience, and a lane.
    ours: ["domain", "api", "repo/Database.ts", "service", "platform", "../migrations"],
    packages:
      /^(effect(\/http|\/observability|\/sql|\/crypto|\/reactivity|\/persistence|\/net)?|@effect\/(sql-pg|platform-node)|@electric-sql\/pglite|redis|node:.*)$/
  },
  http: {
    ours: ["domain", "api", "repo", "service", "http"],
    packages: /^(effect(\/http|\/http-api|\/sql|\/crypto|\/net)?|node:buffer|node:crypto)$/
  },
  cli: {
    ours: ["domain", "api", "repo", "service", "platform", "http", "cli"],
    packages: /^(effect(\/\w.*)?|@effect\/platform-node|jose|node:.*)$/
  }
}

const importsOf = (file: string) =>
  Array.from(
    readFileSync(file, "utf8").matchAll(/(?:^(?:import|export) [^"=]*from |^\} from |^import |\bimport\()"([^"]+)"/gm),
    ([, from]) => from ?? ""
  )

const floors = readdirSync(src, { withFileTypes: true }).filter((entry) => entry.isDirectory())

describe("The floors", () => {
  it("are the ones there are rules for", () => {
    assert.sameMembers(
      floors.map(({ name }) => name),
      Object.keys(allowed)
    )
  })

  it.each(floors.map(({ name }) => name))("%s imports only what lies below it", (floor) => {
    const { ours, packages } = allowed[floor] ?? { ours: [], packages: /^$/ }
    const wrong = readdirSync(join(src, floor), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => {
        const path = join(src, floor, file)
        return importsOf(path)
          .filter((from) => {
            if (!from.startsWith(".")) return !packages.test(from)
            const target = relative(src, join(path, "..", from))
            return !from.endsWith(".ts") || !ours.some((ours) => target === ours || target.startsWith(`${ours}/`))
          })
          .map((from) => `${file} imports ${from}`)
      })
    assert.deepStrictEqual(wrong, [])
  })

  it("leave main at the top: nothing imports it", () => {
    const importers = readdirSync(src, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .filter((file) => importsOf(join(src, file)).some((from) => /(^|\/)main\.ts$/.test(from)))
    assert.deepStrictEqual(importers, [])
  })
})
