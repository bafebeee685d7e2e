import { execFile } from "node:child_process"
import { cp, mkdtemp, readdir, rename, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { promisify } from "node:util"
import { gzipSync } from "node:zlib"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import * as Process from "../support/Process.ts"

const exec = promisify(execFile)

/** Compilers and npm share a busy machine with all other tests. */
const patience = 300_000

/** The package, packed, in a project that has nothing else but compilers and a bundler. */
class Project extends Context.Service<Project, { readonly folder: string }>()("test/client/Project") {
  static readonly layer = Layer.effect(
    Project,
    Effect.acquireRelease(
      Effect.promise(async () => {
        const folder = await mkdtemp(join(tmpdir(), "tasks-package-"))
        await cp(join(import.meta.dirname, "sample"), folder, { recursive: true })
        await exec("npm", ["run", "-s", "build:package"], { cwd: Process.root })
        await exec("npm", ["pack", "./lib", "--pack-destination", folder], { cwd: Process.root })
        const packed = (await readdir(folder)).find((name) => name.endsWith(".tgz"))
        await rename(join(folder, packed ?? ""), join(folder, "effect-tasks.tgz"))
        await exec("npm", ["install", "--ignore-scripts", "--prefer-offline", "--no-audit", "--no-fund"], {
          cwd: folder
        })
        return { folder }
      }),
      ({ folder }) => Effect.promise(() => rm(folder, { recursive: true, force: true }))
    )
  )
}

/** One module of a bundle for browsers. It fails when something in it is not for browsers. */
const bundle = (folder: string, source: string) =>
  Effect.promise(async () => {
    const esbuild = await import(pathToFileURL(join(folder, "node_modules/esbuild/lib/main.js")).href)
    const { outputFiles } = await esbuild.build({
      stdin: { contents: source, resolveDir: folder },
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      platform: "browser",
      target: "es2022",
      logLevel: "silent"
    })
    return gzipSync(outputFiles[0].contents).length
  })

const kilobytes = (bytes: number) => `${(bytes / 1024).toFixed(1)} KB`

layer(Project.layer, { excludeTestServices: true, timeout: patience })("The packed package", (it) => {
  it.effect(
    "brings along nothing but Effect",
    () =>
      Effect.gen(function* () {
        const { folder } = yield* Project
        const { stdout } = yield* Effect.promise(() =>
          exec("npm", ["ls", "--omit=dev", "--all", "--json"], { cwd: folder })
        )
        const { dependencies } = JSON.parse(stdout)
        assert.deepStrictEqual(Object.keys(dependencies), ["effect-tasks"])
        assert.deepStrictEqual(Object.keys(dependencies["effect-tasks"].dependencies), ["effect"])
      }),
    patience
  )

  const nodenext = ["--module", "nodenext", "--moduleResolution", "nodenext"]

  it.effect.each([
    ["typescript-5.9", []],
    ["typescript-5.9", nodenext],
    ["typescript-6", []],
    ["typescript-7", []]
  ] as const)(
    "compiles in a strict project with %s %s",
    ([compiler, resolution]) =>
      Effect.gen(function* () {
        const { folder } = yield* Project
        const script = `node_modules/${compiler}/bin/tsc`
        const compiled = yield* Effect.promise(() =>
          exec(process.execPath, [script, "-p", ".", ...resolution], { cwd: folder }).catch((error) => error)
        )
        assert.strictEqual(compiled.stdout, "")
      }),
    patience
  )

  it.effect(
    "is used against the running service",
    () =>
      Effect.gen(function* () {
        const { folder } = yield* Project
        const { url } = yield* Process.serveOnPostgres()
        const use = Effect.fnUntraced(function* (module: string, sub: string) {
          const token = yield* Process.tokenFor(sub)
          const script = `import { use } from "./${module}.ts"; console.log(JSON.stringify(await use("${url}", "${token}")))`
          const { stdout } = yield* Effect.promise(() =>
            exec(process.execPath, ["--input-type=module", "--eval", script], { cwd: folder })
          )
          return JSON.parse(stdout)
        })
        assert.deepStrictEqual(yield* use("promises", "ada"), {
          titles: ["Buy milk"],
          codes: ["TASK_VERSION_CONFLICT", "VALIDATION_FAILED", "/body/title"],
          status: "completed"
        })
        assert.strictEqual(yield* use("effects", "ben"), "Buy milk")
      }).pipe(Effect.scoped),
    patience
  )

  it.effect(
    "is safe in a browser, and the promise client weighs at most 70 KB",
    () =>
      Effect.gen(function* () {
        const { folder } = yield* Project
        const use = (name: string, from: string) =>
          `import { ${name} } from "effect-tasks/${from}"; globalThis.used = ${name}`
        const promises = yield* bundle(folder, use("makeTasksClient", "client"))
        const effects = yield* bundle(folder, use("EffectClient", "client"))
        const contract = yield* bundle(folder, use("Api", "api"))
        process.stdout.write(
          `In a browser bundle, gzip: promise client ${kilobytes(promises)}, Effect client ${kilobytes(effects)}, contract ${kilobytes(contract)}\n`
        )
        assert.isAtMost(promises, 70 * 1024)
      }),
    patience
  )
})
