import { execFile } from "node:child_process"
import { mkdir, readFile, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { promisify } from "node:util"
import { document } from "./Document.ts"
import { root } from "./Process.ts"

const execute = promisify(execFile)

/** Third-party tools for OpenAPI documents. */
export const folder = join(root, "test/openapi")

/** Where the document is, and what the generators make of it. */
export const generated = join(folder, "generated")

/** A tool, run to its end. It fails with everything that the tool has said. */
export const run = (script: string, ...options: ReadonlyArray<string>) =>
  execute(process.execPath, [join(folder, "node_modules", script), ...options], { cwd: folder }).catch(
    (error: { readonly stdout: string; readonly stderr: string }) => {
      throw new Error(`${script}\n${error.stdout}\n${error.stderr}`)
    }
  )

/** The tools are heavy, so they are installed by the first run that needs them, and kept while their lock is the same. */
export const prepare = async () => {
  const lock = await readFile(join(folder, "package-lock.json"), "utf8")
  const mark = join(folder, "node_modules/.installed")
  if ((await readFile(mark, "utf8").catch(() => "")) !== lock) {
    await execute("npm", ["ci", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"], { cwd: folder })
    await writeFile(mark, lock)
  }
  await mkdir(generated, { recursive: true })
  await writeFile(join(generated, "openapi.json"), JSON.stringify(document))
}
