import { execFile } from "node:child_process"
import { cp, mkdtemp, rm, stat } from "node:fs/promises"
import { tmpdir } from "node:os"
import { basename, join } from "node:path"
import { promisify } from "node:util"
import { assert, describe, it } from "vitest"

const exec = promisify(execFile)
const example = join(import.meta.dirname, "..")
const root = join(example, "../..")

const left = new Set(["node_modules", ".data", "dist", "test", "start.ts"])

describe("README.md", () => {
  it("has instructions that make the copied example type-check and build", async () => {
    const folder = await mkdtemp(join(tmpdir(), "effect-tasks-copy-"))
    try {
      const copy = join(folder, "web")
      await cp(example, copy, {
        recursive: true,
        filter: (file) => !left.has(basename(file)) && !file.endsWith("server/tasks.ts")
      })
      await exec("npm", ["run", "-s", "build:package"], { cwd: root })
      const { stdout } = await exec("npm", ["pack", "./lib", "--silent", "--pack-destination", folder], { cwd: root })
      const install = ["install", join(folder, stdout.trim()), "--prefer-offline", "--no-audit", "--no-fund"]
      await exec("npm", install, { cwd: copy })
      await exec("npm", ["run", "check"], { cwd: copy })
      await exec("npm", ["run", "build"], { cwd: copy })
      assert.isTrue((await stat(join(copy, "dist/index.html"))).isFile())
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
})
