import { readFileSync, writeFileSync } from "node:fs"
import { glob, readFile } from "node:fs/promises"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Config from "../../src/config/Config.ts"
import { settings } from "../../src/config/Settings.ts"
import { root } from "../support/Process.ts"

describe("The documentation of the settings", () => {
  it("matches docs/configuration.md", () => {
    const page = readFileSync(join(root, "docs/configuration.md"), "utf8")
    const rows = Object.entries(settings).map(([name, { description, initial, isSecret }]) => {
      const file = isSecret ? ` (or \`${name}_FILE\`)` : ""
      return `| \`${name}\`${file} | ${initial === undefined ? "" : `\`${initial}\``} | ${description} |`
    })
    const table = /<!-- settings -->\n(.*?)\n<!-- end of settings -->/s.exec(page)?.[1]
    const expected = ["| Variable | Default | Meaning |", "| --- | --- | --- |", ...rows].join("\n")
    if (process.env.UPDATE_DOCS !== undefined) {
      writeFileSync(
        join(root, "docs/configuration.md"),
        page.replace(`-->\n${table}\n<!--`, () => `-->\n${expected}\n<!--`)
      )
      return
    }
    assert.strictEqual(table, expected)
  })

  it("lists every setting with its default in .env.example", () => {
    const example = readFileSync(join(root, ".env.example"), "utf8")
    const listed = Array.from(example.matchAll(/^([A-Z][A-Z0-9_]*)=(.*)$/gm), ([, name, value]) => [name, value])
    assert.deepStrictEqual(
      Object.fromEntries(listed),
      Object.fromEntries(Object.entries(settings).map(([name, { initial = "" }]) => [name, initial]))
    )
  })

  it.effect("rejects a secret from .env.example", () =>
    Effect.gen(function* () {
      const example = readFileSync(join(root, ".env.example"), "utf8")
      for (const [, secret = ""] of example.matchAll(/^#?\s?BETTER_AUTH_SECRET=(.*\S)/gm)) {
        const { errors } = yield* Effect.flip(Config.read({ BETTER_AUTH_SECRET: secret }))
        assert.isNotEmpty(errors)
      }
    })
  )

  it("reads the environment in one file only", async () => {
    const readers: Array<string> = []
    for await (const file of glob("src/**/*.ts", { cwd: root })) {
      if (
        /process\.env|loadEnvFile|import \{[^}]*\bConfig\b[^}]*\} from "effect"/.test(
          await readFile(join(root, file), "utf8")
        )
      )
        readers.push(file)
    }
    assert.deepStrictEqual(readers, [join("src", "config", "Config.ts")])
  })
})
