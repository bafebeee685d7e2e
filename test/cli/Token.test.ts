import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { built, request, run, secret, serve, serveOnPostgres, timeout } from "../support/Process.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

const aToken = /^[\w-]+\.[\w-]+\.[\w-]+$/m

/** What the command prints, which is nothing but a token and the end of its line. */
const print = Effect.fnUntraced(function* (
  flags: ReadonlyArray<string>,
  environment: Readonly<Record<string, string>>
) {
  const { code, stderr, stdout } = yield* run(["token", ...flags], environment)
  assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
  assert.match(stdout, /^\S+\n$/)
  assert.match(stdout, aToken)
  return stdout.trim()
})

describe("tasks token", () => {
  it.live(
    "prints a token that the service accepts, with the given claims",
    () =>
      Effect.gen(function* () {
        const environment = { BETTER_AUTH_SECRET: secret, JWT_ISSUER: "https://issuer", JWT_AUDIENCE: "tasks" }
        const service = yield* serveOnPostgres(environment)

        const bare = yield* request(service.url, "/api/me", { token: yield* print(["--sub", "ada"], environment) })
        assert.strictEqual(bare.status, 200)
        assert.deepInclude(bare.body, { id: "ada", email: null, name: null })

        const flags = ["--sub", "ada", "--email", "ada@example.com", "--name", "Ada L.", "--hours", "1"]
        const whole = yield* request(service.url, "/api/me", { token: yield* print(flags, environment) })
        assert.strictEqual(whole.status, 200)
        assert.deepInclude(whole.body, { id: "ada", email: "ada@example.com", name: "Ada L." })
        assert.isBelow(Date.parse(whole.body.expires_at), Date.parse(bare.body.expires_at))

        const other = yield* print(["--sub", "ada"], { ...environment, JWT_AUDIENCE: "another" })
        assert.strictEqual((yield* request(service.url, "/api/me", { token: other })).status, 401)
      }),
    timeout
  )

  it.live(
    "prints how it is used to stderr only, where a script does not take it for a token",
    () =>
      Effect.gen(function* () {
        for (const flags of [[], ["--sub", ""], ["--sub", "ada", "--unknown"]]) {
          const { code, stderr, stdout } = yield* run(["token", ...flags], { BETTER_AUTH_SECRET: secret })
          assert.deepStrictEqual({ code, stdout }, { code: 1, stdout: "" })
          assert.match(stderr, /^USAGE\n.*^ERROR\n/ms)
        }
      }),
    timeout
  )

  it.live(
    "signs with the generated development secret, whether the command or the service created it",
    () =>
      Effect.gen(function* () {
        const environment = { DATA_DIR: yield* TestDatabase.makeEmbedded }
        const before = yield* print(["--sub", "ada"], environment)
        const service = yield* serve(environment)
        const after = yield* print(["--sub", "ada"], environment)
        for (const token of [before, after]) {
          const { body, status } = yield* request(service.url, "/api/me", { token })
          assert.deepInclude({ ...body, status }, { status: 200, id: "ada" })
        }
        const elsewhere = yield* print(["--sub", "ada"], { DATA_DIR: yield* TestDatabase.directory })
        assert.strictEqual((yield* request(service.url, "/api/me", { token: elsewhere })).status, 401)
      }),
    timeout
  )

  it.live.skipIf(process.platform !== "linux")(
    "fails when its output cannot be written, as on a full disk",
    () =>
      Effect.gen(function* () {
        const program = yield* built
        const full = { ...program, command: ["sh", "-c", 'exec "$0" "$@" > /dev/full', ...program.command] }
        const { code, stderr } = yield* run(["token", "--sub", "ada"], { BETTER_AUTH_SECRET: secret }, full)
        assert.deepStrictEqual(
          { code, stderr },
          { code: 1, stderr: "tasks: cannot write the output: ENOSPC: no space left on device, write\n" }
        )
      }),
    timeout
  )

  it.live(
    "fails without --sub",
    () =>
      Effect.gen(function* () {
        const { code, stdout } = yield* run(["token"], { BETTER_AUTH_SECRET: secret })
        assert.notStrictEqual(code, 0)
        assert.notMatch(stdout, aToken)
      }),
    timeout
  )

  it.live(
    "fails where the service would reject the token",
    () =>
      Effect.gen(function* () {
        for (const flags of [
          ["--sub", ""],
          ["--sub", " ada "],
          ["--sub", "a".repeat(256)],
          ["--sub", "ada", "--hours", "0"],
          ["--sub", "ada", "--hours", "99999999999"]
        ]) {
          const { code, stdout } = yield* run(["token", ...flags], { BETTER_AUTH_SECRET: secret })
          assert.deepStrictEqual({ flags, code }, { flags, code: 1 })
          assert.notMatch(stdout, aToken)
        }
      }),
    timeout
  )
})
