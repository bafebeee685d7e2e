// Builds the service into a folder that needs Node and nothing else: npm run build, node dist/main.js serve.
// Another folder than `dist` can be given as an argument, and --source-maps after it.
import { mkdir, rm, writeFile } from "node:fs/promises"
import { join, relative, resolve } from "node:path"
import { build, type Plugin } from "esbuild"
import { compressScalar } from "./src/server/docs/ScalarScript.ts"

const folder = resolve(process.argv[2] ?? join(import.meta.dirname, "dist"))
// As esbuild names its outputs: relative to the project, with slashes.
const nameOf = (file: string) => relative(import.meta.dirname, file).replaceAll("\\", "/")

/**
 * Node reads all exports of a module that is imported, and `node:http` exports `WebSocket`, for which Node loads its client
 * for `fetch`: a tenth of the start. A CommonJS module reads only the exports that are used.
 */
const lazyHttp: Plugin = {
  name: "lazy-http",
  setup: (build) => {
    build.onResolve({ filter: /^(node:)?http$/ }, () => ({ path: "http", namespace: "lazy-http" }))
    build.onLoad({ filter: /.*/, namespace: "lazy-http" }, () => ({
      contents: 'module.exports = process.getBuiltinModule("node:http")'
    }))
  }
}

const { metafile, outputFiles } = await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ["src/main.ts"],
  outdir: folder,
  bundle: true,
  // What only some commands need becomes a file of its own. In one file every start would have to parse it.
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node24",
  // A database of megabytes of WebAssembly, for development: where it is not installed, DATABASE_URL must be set.
  // The script of the documentation page is written below.
  external: ["@electric-sql/pglite", "./ScalarScript.ts"],
  // For the coverage of the tests. The files do not name them, so that Node does not read them.
  sourcemap: process.argv[3] === "--source-maps" ? "external" : false,
  sourcesContent: false,
  // Not minified: stack traces keep their names, and the start is no faster without them.
  // The few CommonJS packages ask for Node's own modules by `require`, which a module does not have.
  banner: { js: 'const require = process.getBuiltinModule("node:module").createRequire(import.meta.url);' },
  plugins: [lazyHttp],
  metafile: true,
  write: false
})

// esbuild also makes files of imports that it has dropped. Only what the command can reach is written.
const reached = new Set<string>()
const reach = (file: string) => {
  if (reached.has(file)) return
  reached.add(file)
  for (const { external, path } of metafile.outputs[file]?.imports ?? []) if (external !== true) reach(path)
}
reach(nameOf(join(folder, "main.js")))

await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })
await writeFile(join(folder, "package.json"), '{ "type": "module" }\n')
for (const { contents, path } of outputFiles) {
  if (reached.has(nameOf(path.replace(/\.map$/, "")))) await writeFile(path, contents)
}
await writeFile(join(folder, "scalar.js.gz"), await compressScalar())
