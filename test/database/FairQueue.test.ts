import { assert, describe, it } from "@effect/vitest"
import { Deferred, Effect, Exit, Fiber } from "effect"
import { QueryTimedOut, withTimeout } from "../../src/database/Database.ts"
import { type FairQueue, makeFairQueue } from "../../src/database/FairQueue.ts"
import { until } from "../support/Process.ts"

/** Starts work of these users, in this order, which ends when the test says so. */
const startAll = (queue: FairQueue, users: ReadonlyArray<string>) =>
  Effect.gen(function* () {
    const started: Array<string> = []
    const works = yield* Effect.forEach(users, (user) =>
      Effect.gen(function* () {
        const end = yield* Deferred.make<void>()
        const begin = Effect.sync(() => void started.push(user))
        const fiber = yield* Effect.forkChild(queue.run(user, Effect.andThen(begin, Deferred.await(end))), {
          startImmediately: true
        })
        return { user, end, fiber, isEnded: false }
      })
    )
    return {
      started,
      works,
      /** Ends the first work of a user that is still there. */
      endOne: Effect.fnUntraced(function* (user: string) {
        const work = works.find((work) => work.user === user && !work.isEnded)
        if (work === undefined) return
        work.isEnded = true
        yield* Deferred.succeed(work.end, undefined)
        yield* Fiber.await(work.fiber)
      })
    }
  })

const times = (user: string, count: number) => Array.from({ length: count }, () => user)

describe("FairQueue", () => {
  it.live("gives one user half of the slots, so that another user's work begins at once", () =>
    Effect.gen(function* () {
      const queue = makeFairQueue({ slots: 3, queue: 100 })
      const { endOne, started } = yield* startAll(queue, [...times("ada", 20), "bob"])
      assert.deepStrictEqual(started, ["ada", "ada", "bob"])
      assert.strictEqual(queue.waiting, 18)
      yield* endOne("bob")
      assert.deepStrictEqual(started, ["ada", "ada", "bob"])
      yield* endOne("ada")
      assert.deepStrictEqual(started, ["ada", "ada", "bob", "ada"])
    })
  )

  it.live("lets users take turns on a single slot, however much one of them waits for", () =>
    Effect.gen(function* () {
      const queue = makeFairQueue({ slots: 1, queue: 100 })
      const { endOne, started } = yield* startAll(queue, [...times("ada", 20), ...times("bob", 2), "eve"])
      for (const user of ["ada", "bob", "eve", "ada", "bob"]) yield* endOne(user)
      assert.deepStrictEqual(started, ["ada", "bob", "eve", "ada", "bob", "ada"])
    })
  )

  it.live("refuses work at once when all places to wait are taken, or a quarter of them by the user", () =>
    Effect.gen(function* () {
      const queue = makeFairQueue({ slots: 1, queue: 8 })
      yield* startAll(queue, [...times("ada", 3), ...times("bob", 2)])
      const refused = yield* Effect.exit(queue.run("ada", Effect.void))
      assert.match(String(refused), /4 statements already wait/)
      yield* startAll(queue, ["eve", "eve", "joe", "joe"])
      assert.strictEqual(queue.waiting, 8)
      assert.isTrue(Exit.isFailure(yield* Effect.exit(queue.run("zoe", Effect.void))))
    })
  )

  it.live("frees the slots and places of work that fails or is interrupted", () =>
    Effect.gen(function* () {
      const queue = makeFairQueue({ slots: 1, queue: 100 })
      yield* Effect.ignore(queue.run("ada", Effect.fail("no")))
      const { started, works } = yield* startAll(queue, ["ada", "bob", "eve"])
      const [ada, bob] = works
      if (ada === undefined || bob === undefined) return assert.fail()
      yield* Fiber.interrupt(bob.fiber)
      assert.strictEqual(queue.waiting, 1)
      yield* Fiber.interrupt(ada.fiber)
      assert.deepStrictEqual(started, ["ada", "eve"])
      assert.strictEqual(queue.waiting, 0)
    })
  )

  it.live("counts the time that work waits as a part of its time limit", () =>
    Effect.gen(function* () {
      const queue = makeFairQueue({ slots: 1, queue: 100 })
      yield* startAll(queue, ["ada"])
      const defect = yield* withTimeout(10, queue.run("bob", Effect.void)).pipe(
        Effect.catchDefect((defect) => Effect.succeed(defect))
      )
      assert.instanceOf(defect, QueryTimedOut)
      yield* until(() => queue.waiting === 0)
    })
  )
})
