import { readdirSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { assert, describe, it } from "@effect/vitest"

const src = join(import.meta.dirname, "../src")

/** What each layer may import: our own layers, and packages by name. Everything else is refused. */
const allowed: Record<string, { readonly ours: ReadonlyArray<string>; readonly packages: RegExp }> = {
  domain: { ours: ["domain"], packages: /^effect$/ },
  api: { ours: ["domain", "api"], packages: /^effect(\/http-api)?$/ },
  client: {
    ours: ["domain", "api", "client"],
    packages: /^(effect(\/http|\/http-api)?|idb-keyval|react|@tanstack\/react-query)$/
  },
  recurrence: { ours: ["domain", "recurrence"], packages: /^rrule-temporal$/ },
  "quick-add": { ours: ["domain", "recurrence", "quick-add"], packages: /^chrono-node$/ },
  repositories: {
    ours: ["domain", "recurrence", "repositories", "database/Database.ts"],
    packages: /^(effect(\/sql|\/crypto)?|fractional-indexing)$/
  },
  auth: { ours: ["domain", "api", "auth"], packages: /^(effect(\/http)?|jose|lru-cache|node:crypto)$/ },
  "rate-limit": {
    ours: ["domain", "api", "rate-limit"],
    packages: /^(effect|lru-cache|redis)$/
  },
  config: { ours: ["domain", "config"], packages: /^(effect(\/net|\/crypto)?|node:.*)$/ },
  database: {
    ours: ["domain", "config", "database", "../migrations"],
    packages: /^(effect(\/sql|\/reactivity)?|@effect\/sql-pg|@electric-sql\/pglite|node:.*)$/
  },
  observability: {
    ours: ["domain", "api", "config", "database", "observability"],
    packages: /^(effect(\/http|\/observability|\/sql)?|@effect\/platform-node|node:.*)$/
  },
  server: {
    ours: [
      ...[
        "domain",
        "api",
        "recurrence",
        "quick-add",
        "repositories",
        "auth",
        "rate-limit",
        "events",
        "observability",
        "config",
        "server"
      ],
      "database/Database.ts"
    ],
    packages: /^(effect(\/http|\/http-api|\/sql|\/crypto|\/net|\/encoding)?|uuid|node:.*)$/
  },
  import: {
    ours: ["domain", "quick-add", "repositories", "import"],
    packages: /^(effect(\/encoding)?|chrono-node|fractional-indexing|uuid)$/
  },
  events: {
    ours: [
      "domain",
      "repositories",
      "events",
      "database/Database.ts",
      "database/PostgresSocket.ts",
      "rate-limit/Redis.ts"
    ],
    packages: /^(effect|@effect\/sql-pg|redis|node:.*)$/
  },
  jobs: { ours: ["domain", "repositories", "jobs"], packages: /^effect$/ },
  cli: {
    ours: [
      ...["domain", "api", "repositories", "auth", "rate-limit", "config", "database", "observability"],
      ...["server", "import", "jobs", "events", "cli"]
    ],
    packages: /^(effect(\/\w.*)?|@effect\/platform-node(\/\w+)?|jose|uuid|node:.*)$/
  }
}

const importsOf = (file: string) =>
  Array.from(
    readFileSync(file, "utf8").matchAll(/(?:^(?:import|export) [^"=]*from |^\} from |^import |\bimport\()"([^"]+)"/gm),
    ([, from]) => from ?? ""
  )

const layers = readdirSync(src, { withFileTypes: true }).filter((entry) => entry.isDirectory())

describe("Architecture", () => {
  it("has an import rule for every folder of src", () => {
    assert.sameMembers(
      layers.map(({ name }) => name),
      Object.keys(allowed)
    )
  })

  it.each(layers.map(({ name }) => name))("%s imports only the layers below it", (layer) => {
    const { ours, packages } = allowed[layer] ?? { ours: [], packages: /^$/ }
    const wrong = readdirSync(join(src, layer), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .flatMap((file) => {
        const path = join(src, layer, file)
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

  it("does not import main.ts from any file", () => {
    const importers = readdirSync(src, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .filter((file) => importsOf(join(src, file)).some((from) => /(^|\/)main\.ts$/.test(from)))
    assert.deepStrictEqual(importers, [])
  })
})
