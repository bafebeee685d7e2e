import { execFile } from "node:child_process"
import { cp, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { promisify } from "node:util"
import { assert, layer } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import { build } from "esbuild"
import { bundleSizes } from "../../scripts/bundleSizes.ts"
import * as Process from "../support/Process.ts"

const exec = promisify(execFile)

/** Compilers and npm share the machine with all other tests. */
const timeout = 300_000

/** The packed package, installed in a project of its own. */
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

/** The packages that a bundle for browsers imports. The build fails when a module is not for browsers. */
const importsOf = (folder: string, contents: string) =>
  Effect.promise(async () => {
    const { metafile } = await build({
      stdin: { contents, resolveDir: folder },
      bundle: true,
      write: false,
      metafile: true,
      platform: "browser",
      external: ["@tanstack/react-query", "effect", "idb-keyval", "react"],
      logLevel: "silent"
    })
    const imports = Object.values(metafile.outputs).flatMap((output) => output.imports)
    return [...new Set(imports.map(({ path }) => path))]
  })

/** The members of a union that say which case it is, inside of a type whose comment says it. */
const isPlain = /readonly (type|code): /

layer(Project.layer, { excludeTestServices: true, timeout })("The packed package", (it) => {
  it.effect("has no dependencies: effect, react, TanStack Query and idb-keyval are optional peers", () =>
    Effect.gen(function* () {
      const { folder } = yield* Project
      const text = yield* Effect.promise(() => readFile(join(folder, "node_modules/effect-tasks/package.json"), "utf8"))
      const { dependencies, peerDependenciesMeta } = JSON.parse(text)
      assert.isUndefined(dependencies)
      assert.deepStrictEqual(peerDependenciesMeta, {
        "@tanstack/react-query": { optional: true },
        effect: { optional: true },
        "idb-keyval": { optional: true },
        react: { optional: true }
      })
    })
  )

  it.effect("lets tools read its package.json, and marks hooks for React server components", () =>
    Effect.gen(function* () {
      const { folder } = yield* Project
      const require = createRequire(join(folder, "index.js"))
      const react = join(require.resolve("effect-tasks/package.json"), "../client/react")
      for (const file of ["useSync.js", "useTasks.js"]) {
        assert.match(yield* Effect.promise(() => readFile(join(react, file), "utf8")), /^"use client";/)
      }
    })
  )

  it.effect("leaves no untracked file after npm pack", () =>
    Effect.gen(function* () {
      const file = join(Process.root, "effect-tasks-0.0.0.tgz")
      // `npm pack ./lib` writes its file into the current folder.
      const { stdout } = yield* Effect.promise(() => exec("git", ["check-ignore", file, "lib"], { cwd: Process.root }))
      assert.deepStrictEqual(stdout.trim().split("\n"), [file, "lib"])
    })
  )

  it.effect("has a comment on every exported type, member and method of the client", () =>
    Effect.gen(function* () {
      const { folder } = yield* Project
      const files = ["ClientTypes", "ErrorCodes", "Errors", "Types"]
      for (const file of files) {
        const path = join(folder, `node_modules/effect-tasks/client/${file}.d.ts`)
        const lines = (yield* Effect.promise(() => readFile(path, "utf8"))).split("\n")
        const bare = lines.filter(
          (line, n) => /^ {4}readonly [\w?]+: /.test(line) && !/\*\/$/.test(lines[n - 1] ?? "") && !isPlain.test(line)
        )
        assert.deepStrictEqual(bare, [], file)
      }
    })
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
    timeout
  )

  it.effect(
    "works against the running service",
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
          codes: ["TASK_VERSION_CONFLICT", "VALIDATION_FAILED", "title"],
          status: "completed"
        })
        assert.strictEqual(yield* use("effects", "ben"), "Buy milk")
      }).pipe(Effect.scoped),
    timeout
  )

  it.effect.each([
    ["client", ["makeTasksClient"], []],
    ["offline", ["makeOutbox", "indexedDbStorage"], ["idb-keyval"]],
    ["react", ["useTasks", "makeQueries"], ["@tanstack/react-query", "react"]],
    ["effect", ["EffectClient"], ["effect", "effect/http", "effect/http-api"]]
  ] as const)("imports in effect-tasks/%s only what a browser has and its own peers", ([entry, names, peers]) =>
    Effect.gen(function* () {
      const { folder } = yield* Project
      const source = `import { ${names} } from "effect-tasks/${entry}"; globalThis.used = [${names}]`
      assert.includeMembers([...peers], yield* importsOf(folder, source))
    })
  )

  it.effect("is small: the client at most 4 KB gzip, the React entry at most 6 KB without React", () =>
    Effect.gen(function* () {
      const { client, react } = yield* Effect.promise(bundleSizes)
      assert.isAtMost(client ?? Number.NaN, 4 * 1024)
      assert.isAtMost(react ?? Number.NaN, 6 * 1024)
    })
  )
})
