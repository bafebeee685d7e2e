// Makes of the contract and its clients a package for frontends, in `lib`: JavaScript with types. It has a
// package.json of its own, since the service's dependencies, a database among them, have no place in a frontend.
import { execFileSync } from "node:child_process"
import { copyFileSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"

const root = import.meta.dirname
const lib = join(root, "lib")

rmSync(lib, { recursive: true, force: true })
execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-p", "tsconfig.package.json"], {
  cwd: root,
  stdio: "inherit"
})

const { dependencies, license, name, version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
const entry = (folder: string) => ({ types: `./${folder}/index.d.ts`, default: `./${folder}/index.js` })
const manifest = {
  name,
  version,
  description: "The contract of Effect Tasks, and clients for it.",
  license,
  type: "module",
  sideEffects: false,
  exports: { "./api": entry("api"), "./client": entry("client") },
  dependencies: { effect: dependencies.effect }
}
writeFileSync(join(lib, "package.json"), `${JSON.stringify(manifest, undefined, 2)}\n`)
copyFileSync(join(root, "LICENSE"), join(lib, "LICENSE"))
