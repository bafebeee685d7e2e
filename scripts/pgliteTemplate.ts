// Run by `npm ci`: makes the template of PGlite that a first start copies (`src/database/PgliteTemplate.ts`).
import { existsSync } from "node:fs"
import { mkdir, rename, writeFile } from "node:fs/promises"
import { dirname } from "node:path"
import { PGlite } from "@electric-sql/pglite"
import { templateFile } from "../src/database/PgliteTemplate.ts"

const make = async (file: string) => {
  const pglite = await PGlite.create({ initDbStartParams: ["--no-sync"] })
  const template = await pglite.dumpDataDir("gzip")
  await pglite.close()
  await mkdir(dirname(file), { recursive: true })
  await writeFile(`${file}.new`, await template.bytes())
  await rename(`${file}.new`, file)
}

try {
  const file = await templateFile()
  if (!existsSync(file)) await make(file)
} catch (cause) {
  process.stderr.write(`No template of PGlite was made, so its first start takes 3 seconds longer: ${cause}\n`)
}
