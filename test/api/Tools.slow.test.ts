import { spawn } from "node:child_process"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { assert, beforeAll, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Process from "../support/Process.ts"
import { folder, generated, prepare, run } from "../support/Tools.ts"

const input = "./generated/openapi.json"
const missing = "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"

/** Bundles a program that uses a generated client into one module for Node. */
const build = async (name: string) => {
  const esbuild = await import(pathToFileURL(join(folder, "node_modules/esbuild/lib/main.js")).href)
  const outfile = join(generated, `${name}.mjs`)
  const entryPoints = [join(folder, "samples", `${name}.ts`)]
  await esbuild.build({ entryPoints, outfile, bundle: true, format: "esm", logLevel: "silent" })
  return outfile
}

/** Runs such a program and returns what it received. */
const use = Effect.fnUntraced(function* (name: string, url: string) {
  const token = yield* Process.tokenFor(name)
  const outfile = yield* Effect.promise(() => build(name))
  const { use } = yield* Effect.promise(() => import(pathToFileURL(outfile).href))
  return yield* Effect.promise(() => use(url, token, missing))
})

const seen = {
  titles: ["Buy bread", "Buy milk"],
  statuses: [201, 200, 412, 422, 404, 401, 204],
  codes: ["TASK_VERSION_CONFLICT", "VALIDATION_FAILED", "TASK_NOT_FOUND", "TOKEN_MISSING"],
  current: "completed",
  pointer: "/body/title"
}

/** Prism as a proxy to the service: it reports violations of the document in a response header. */
const proxy = (url: string) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const script = join(folder, "node_modules/@stoplight/prism-cli/dist/index.js")
      const child = spawn(process.execPath, [script, "proxy", input, url, "--port", "0"], { cwd: folder })
      let output = ""
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        output += text
      })
      return { child, address: () => /listening on (http:\S+)/.exec(output)?.[1] }
    }),
    ({ child }) => Effect.sync(() => void child.kill("SIGKILL"))
  )

describe("OpenAPI document in other tools", { timeout: 600_000 }, () => {
  beforeAll(prepare, 600_000)

  it("passes Redocly and Spectral without a warning", async () => {
    const spectral = await run("@stoplight/spectral-cli/dist/index.js", "lint", input, "--fail-severity", "hint")
    assert.match(spectral.stdout, /No results/)
    const redocly = await run("@redocly/cli/bin/cli.js", "lint", input, "--max-problems", "100", "--format", "json")
    assert.deepStrictEqual(JSON.parse(redocly.stdout).totals, { errors: 0, warnings: 0, ignored: 0 })
  })

  it.live("generates clients that compile strictly and work with the running service", () =>
    Effect.gen(function* () {
      yield* Effect.promise(async () => {
        await run("openapi-typescript/bin/cli.js", input, "--output", "./generated/schema.ts")
        await run("@hey-api/openapi-ts/bin/run.js", "--input", input, "--output", "./generated/hey")
        await run("orval/dist/bin/orval.js", "--input", input, "--output", "./generated/orval.ts", "--client", "fetch")
        await run("typescript/bin/tsc", "--project", ".")
      })
      const { url } = yield* Process.serveOnPostgres()
      for (const name of ["openapi-fetch", "hey-api", "orval"]) {
        assert.deepStrictEqual(yield* use(name, url), seen, name)
      }
    }).pipe(Effect.scoped)
  )

  it.live("allows every response of the running service, as Prism checks it", () =>
    Effect.gen(function* () {
      yield* Effect.promise(() => run("openapi-typescript/bin/cli.js", input, "--output", "./generated/schema.ts"))
      const { url } = yield* Process.serveOnPostgres()
      const { address } = yield* proxy(url)
      yield* Process.until(() => address() !== undefined)
      const { fetch } = globalThis
      const violations: Array<string> = []
      let answers = 0
      globalThis.fetch = async (...request) => {
        const response = await fetch(...request)
        answers += 1
        const found = JSON.parse(response.headers.get("sl-violations") ?? "[]")
        violations.push(...found.filter(({ location }: { location: string }) => location[0] === "response"))
        return response
      }
      const day = yield* use("openapi-fetch", address() ?? "").pipe(
        Effect.ensuring(
          Effect.sync(() => {
            globalThis.fetch = fetch
          })
        )
      )
      assert.deepStrictEqual(violations, [])
      assert.deepStrictEqual(day, seen)
      assert.isAtLeast(answers, 10)
    }).pipe(Effect.scoped)
  )
})
