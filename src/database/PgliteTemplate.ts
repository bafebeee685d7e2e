import { readFile } from "node:fs/promises"
import { createRequire } from "node:module"
import { join } from "node:path"

/** Where the template of the installed PGlite is: a new database, to be copied, since making one takes 3 seconds. */
export const templateFile = async () => {
  const folder = join(createRequire(import.meta.url).resolve("@electric-sql/pglite"), "../..")
  const { version } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"))
  return join(folder, "../../.cache", `pglite-${version}.tar.gz`)
}

/** The template that `npm ci` has made (`scripts/pgliteTemplate.ts`), or `undefined`. */
export const readTemplate = () =>
  templateFile()
    .then(readFile)
    .then(
      (bytes) => new Blob([bytes]),
      () => undefined
    )
