// Makes of the service a folder `dist` that needs Node and nothing else: npm run build, node dist/main.js serve.
import { mkdir, rm, writeFile } from "node:fs/promises"
import { join, relative } from "node:path"
import { build } from "esbuild"

const folder = join(import.meta.dirname, "dist")

const { metafile, outputFiles } = await build({
  absWorkingDir: import.meta.dirname,
  entryPoints: ["src/main.ts"],
  outdir: folder,
  bundle: true,
  // What only some need, like the script of the documentation's page, becomes a file of its own and is
  // read by those. In one file every start would have to parse it.
  splitting: true,
  format: "esm",
  platform: "node",
  target: "node24",
  // A database of megabytes of WebAssembly, for development: where it is not installed, DATABASE_URL must be set.
  external: ["@electric-sql/pglite"],
  // Not minified: stack traces keep their names, and the start is no faster without them.
  // The few CommonJS packages ask for Node's own modules by `require`, which a module does not have.
  banner: { js: 'const require = process.getBuiltinModule("node:module").createRequire(import.meta.url);' },
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
reach("dist/main.js")

await rm(folder, { recursive: true, force: true })
await mkdir(folder)
await writeFile(join(folder, "package.json"), '{ "type": "module" }\n')
for (const { contents, path } of outputFiles) {
  if (reached.has(relative(import.meta.dirname, path).replaceAll("\\", "/"))) await writeFile(path, contents)
}
