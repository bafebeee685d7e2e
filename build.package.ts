// Builds the contract and the clients into `lib`, a package for frontends: JavaScript with types. It has a package.json
// of its own because a frontend must not install the dependencies of the server.
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

const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
const { dependencies, devDependencies, exports, license, name, version } = manifest
// The same entries, seen from `lib`.
const entries = JSON.parse(JSON.stringify(exports).replaceAll("./lib/", "./"))
const peers = {
  "@tanstack/react-query": `^${devDependencies["@tanstack/react-query"]}`,
  effect: dependencies.effect,
  "idb-keyval": `^${devDependencies["idb-keyval"]}`,
  react: ">=18"
}
const packed = {
  name,
  version,
  description: "Typed clients for Effect Tasks.",
  license,
  type: "module",
  sideEffects: false,
  exports: entries,
  peerDependencies: peers,
  // `effect-tasks/client` needs none of them.
  peerDependenciesMeta: Object.fromEntries(Object.keys(peers).map((peer) => [peer, { optional: true }]))
}
writeFileSync(join(lib, "package.json"), `${JSON.stringify(packed, undefined, 2)}\n`)
copyFileSync(join(root, "LICENSE"), join(lib, "LICENSE"))
