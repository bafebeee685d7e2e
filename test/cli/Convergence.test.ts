import { writeFile } from "node:fs/promises"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { assert, describe, it } from "@effect/vitest"
import { Effect, type Scope } from "effect"
import * as PostgresServer from "../support/PostgresServer.ts"
import { type Environment, run, secret, serve, timeout, tokenFor } from "../support/Process.ts"
import * as TestDatabase from "../support/TestDatabase.ts"
import { byTier } from "../support/Tier.ts"
import { Dice } from "./convergence/Dice.ts"
import { Follower } from "./convergence/Follower.ts"
import { contents, type Send, sender } from "./convergence/Service.ts"
import { change } from "./convergence/Writer.ts"

const seeds = Array.from({ length: byTier(1, 20) }, (_, n) => n + 1)

const users = ["convergence-ada", "convergence-bob"]
const followersOfUser = 3
const writersOfUser = 3

interface World {
  readonly dice: Dice
  readonly origins: ReadonlyArray<() => string>
  readonly changes: number
  readonly hasImports: boolean
  /** The faults: one step after each tenth of the changes. */
  readonly disturb: (step: number) => Effect.Effect<void, never, Scope.Scope>
}

const rowsOf = (rows: ReadonlyMap<string, unknown>) => [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1))

/** Waits until a follower has the rows of the account. It reads changes only after an event. */
const converged = async (follower: Follower, expected: ReadonlyMap<string, unknown>) => {
  const text = JSON.stringify(rowsOf(expected))
  while (JSON.stringify(rowsOf(follower.stored.rows)) !== text) await sleep(50)
}

/** Writers and followers of several users at once. In the end each follower has exactly what its account has. */
const converge = Effect.fnUntraced(function* ({ changes, dice, disturb, hasImports, origins }: World) {
  const anyOrigin = (own: Dice) => () => own.of(origins)()
  const own = () => new Dice(dice.below(2 ** 31))
  const accounts = yield* Effect.forEach(users, (user) =>
    Effect.map(tokenFor(user), (token) => {
      const clientOf = (dice: Dice) => {
        const origin = anyOrigin(dice)
        return { user, token, dice, origin, hasImports, send: sender(origin, token) }
      }
      return {
        user,
        writers: Array.from({ length: writersOfUser }, () => clientOf(own())),
        followers: Array.from({ length: followersOfUser }, () => new Follower(clientOf(own()))),
        beginner: new Follower(clientOf(own())),
        send: clientOf(own()).send
      }
    })
  )
  const followers = accounts.flatMap(({ followers }) => followers)
  const following = Promise.all(followers.map((follower) => follower.follow()))
  // A failure must not wait for the end.
  const failed = following.then(() => "stopped" as const)
  failed.catch(() => {})
  for (let step = 0; step < 10; step++) {
    const writing = accounts.flatMap(({ writers }) =>
      writers.map(async ({ dice, send }) => {
        for (let n = 0; n < changes / 10; n++) await change(send, dice)
      })
    )
    yield* Effect.all([Effect.promise(() => Promise.race([Promise.all(writing), failed])), disturb(step)], {
      concurrency: 2
    })
  }
  for (const { beginner, followers, send } of accounts) {
    const expected = yield* Effect.promise(() => contents(send))
    yield* Effect.promise(() => beginner.pull())
    assert.deepStrictEqual(rowsOf(beginner.stored.rows), rowsOf(expected))
    for (const follower of followers) yield* Effect.promise(() => Promise.race([converged(follower, expected), failed]))
  }
  for (const follower of followers) follower.stop()
  yield* Effect.promise(() => following)
  return { accounts, resets: followers.reduce((sum, { resets }) => sum + resets, 0) }
})

/** Erases the account, while others write to it. */
const erase = (send: Send, user: string) =>
  Effect.promise(async () => {
    for (;;) {
      const { status } = await send("DELETE", `/api/account?confirm=${user}`)
      if (status === 204) return
      assert.strictEqual(status, 202)
      await sleep(200)
    }
  })

const [ada = "", bob = ""] = users

describe("Clients written from docs/sync.md", () => {
  it.live.each(seeds)(
    "have what the account has, on PostgreSQL with two processes that are killed, seed %i",
    (seed) =>
      Effect.gen(function* () {
        const dice = new Dice(seed)
        const DATABASE_URL = yield* TestDatabase.make
        const environment: Environment = { DATABASE_URL, BETTER_AUTH_SECRET: secret }
        const processes = [yield* serve(environment), yield* serve(environment)]
        const sql = (text: string) => Effect.orDie(PostgresServer.administer(DATABASE_URL, (sql) => sql.unsafe(text)))
        const origins = [0, 1].map((n) => () => processes[n]?.url ?? "")
        const sendAsBob = sender(() => dice.of(origins)(), yield* tokenFor(bob))
        const sendAsAda = sender(() => dice.of(origins)(), yield* tokenFor(ada))
        const directory = yield* TestDatabase.directory

        const restart = Effect.fnUntraced(function* () {
          const n = dice.below(2)
          yield* processes[n]?.kill(dice.of(["SIGKILL", "SIGTERM"])) ?? Effect.void
          // It purges what has expired when it starts.
          processes[n] = yield* serve(environment)
        })
        const steps: Array<Effect.Effect<void, never, Scope.Scope>> = [
          restart(),
          // Old enough to be purged by the next process that starts.
          Effect.gen(function* () {
            yield* sql(
              "update task set deleted_at = now() - interval '31 days', version = version + 1 where deleted_at is not null"
            )
            yield* sql("update deletion set deleted_at = now() - interval '91 days' where random() < 0.7")
            yield* restart()
            // Those of the purged trash.
            yield* sql("update deletion set deleted_at = now() - interval '91 days'")
            yield* restart()
          }),
          Effect.gen(function* () {
            const file = join(directory, `${dice.below(1_000_000)}.ndjson`)
            const exported = yield* Effect.promise(() => contents(sendAsAda))
            const lines = [...exported].flatMap(([key, row]) =>
              "deleted_at" in (row as object) ? [] : [JSON.stringify({ type: key.split(" ")[0], ...(row as object) })]
            )
            yield* Effect.promise(() => writeFile(file, `${lines.join("\n")}\n`))
            yield* run(["import", file, "--sub", bob], { DATABASE_URL })
          }),
          erase(sendAsBob, bob)
        ]
        const { resets } = yield* converge({
          dice,
          origins,
          hasImports: true,
          changes: byTier(60, 300),
          disturb: (step) => (step % 2 === 1 || step === 9 ? Effect.void : (steps[step / 2] ?? dice.of(steps)))
        })
        assert.isAbove(resets, 0)
      }).pipe(Effect.scoped),
    timeout
  )

  it.live.each(seeds)(
    "have what the account has, on PGlite, seed %i",
    (seed) =>
      Effect.gen(function* () {
        const dice = new Dice(seed + 1000)
        const { url } = yield* serve({ DATA_DIR: yield* TestDatabase.makeEmbedded, BETTER_AUTH_SECRET: secret })
        const send = sender(() => url, yield* tokenFor(bob))
        yield* converge({
          dice,
          origins: [() => url],
          hasImports: false,
          changes: byTier(50, 150),
          disturb: (step) => (step === 4 ? erase(send, bob) : Effect.void)
        })
      }).pipe(Effect.scoped),
    timeout
  )
})
