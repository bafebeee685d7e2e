import { execFile } from "node:child_process"
import { mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { assert, describe, it } from "@effect/vitest"
import { bundleSizes } from "../../scripts/bundleSizes.ts"
import * as Process from "../support/Process.ts"

const compilerOptions = {
  target: "es2023",
  lib: ["es2023", "dom", "dom.iterable", "dom.asynciterable"],
  module: "esnext",
  moduleResolution: "bundler",
  moduleDetection: "force",
  jsx: "react-jsx",
  types: [],
  strict: true,
  noUncheckedIndexedAccess: true,
  exactOptionalPropertyTypes: true,
  allowImportingTsExtensions: true,
  erasableSyntaxOnly: true,
  skipLibCheck: true,
  noEmit: true,
  paths: {
    "effect-tasks/client": [join(Process.root, "src/client/index.ts")],
    "effect-tasks/effect": [join(Process.root, "src/client/effect/index.ts")],
    "effect-tasks/offline": [join(Process.root, "src/client/offline/index.ts")],
    "effect-tasks/react": [join(Process.root, "src/client/react/index.ts")]
  }
}

describe("docs/frontend.md and docs/sync.md", () => {
  it("have only code blocks that compile", async () => {
    const pages = ["docs/frontend.md", "docs/sync.md"]
    const text = (await Promise.all(pages.map((page) => readFile(join(Process.root, page), "utf8")))).join("\n")
    const blocks = Array.from(text.matchAll(/^```(tsx?)\n(.*?)^```$/gms), ([, language = "", code = ""]) => ({
      language,
      code
    }))
    assert.isAtLeast(blocks.length, 9)
    const folder = await mkdtemp(join(Process.root, "node_modules/.docs-"))
    try {
      await symlink(join(Process.root, "node_modules"), join(folder, "node_modules"))
      const files: Array<string> = []
      for (const [n, { code, language }] of blocks.entries()) {
        // The other blocks import the client of the sign-in block.
        const name = code.includes("export const client") ? "sign-in.ts" : `block-${n + 1}.${language}`
        files.push(name)
        await writeFile(join(folder, name), code)
      }
      assert.include(files, "sign-in.ts")
      await writeFile(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }))
      const compiler = join(Process.root, "node_modules/typescript/bin/tsc")
      const compiled = await promisify(execFile)(process.execPath, [compiler, "-p", folder]).catch((error) => error)
      assert.strictEqual(compiled.stdout, "")
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  }, 120_000)

  it("state the present sizes of the bundles", async () => {
    const text = await readFile(join(Process.root, "docs/frontend.md"), "utf8")
    for (const [entry, bytes] of Object.entries(await bundleSizes())) {
      const stated = new RegExp(`^\\| \`effect-tasks/${entry}\` \\|.*\\| ([\\d.]+) KB \\|`, "m").exec(text)?.[1]
      assert.closeTo(Number(stated), bytes / 1024, 0.15, entry)
    }
  })
})
