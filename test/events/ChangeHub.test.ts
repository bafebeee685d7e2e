import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { TestClock } from "effect/testing"
import type { FeedPosition } from "../../src/domain/Change.ts"
import { User, UserId } from "../../src/domain/User.ts"
import { ChangeBus } from "../../src/events/ChangeBus.ts"
import { ChangeHub, type FeedEvent } from "../../src/events/ChangeHub.ts"
import { ChangesRepo } from "../../src/repositories/ChangesRepo.ts"

const userOf = (name: string, expires_at = "2999-01-01T00:00:00.000Z") =>
  User.make({ id: UserId.make(name), email: null, name: null, expires_at })
const ada = userOf("ada")

/** Counters of a database, and what other processes announce. */
const make = Effect.gen(function* () {
  const counters = new Map<UserId, FeedPosition>()
  let receive: (users: ReadonlyArray<UserId>) => void = () => {}
  let isLive = true
  const published: Array<UserId> = []
  const layer = ChangeHub.layer({ maxStreams: 12 }).pipe(
    Layer.provide(
      Layer.mock(ChangesRepo, {
        end: (owner) => Effect.sync(() => counters.get(owner) ?? { epoch: 0, seq: 0 }),
        ends: (users) => Effect.sync(() => new Map([...counters].filter(([user]) => users.includes(user))))
      })
    ),
    Layer.provide(
      Layer.succeed(ChangeBus, {
        publish: (users) => Effect.sync(() => void published.push(...users)),
        subscribe: (onUsers) => {
          receive = onUsers
        },
        isLive: () => isLive
      })
    )
  )
  const hub = yield* Effect.provide(ChangeHub, yield* Layer.build(layer))
  return {
    hub,
    change: (seq: number, epoch = 7) => counters.set(ada.id, { epoch, seq }),
    erase: () => counters.delete(ada.id),
    published,
    receive: (users: ReadonlyArray<UserId>) => receive(users),
    announce: () => receive([ada.id]),
    disconnect: () => {
      isLive = false
    }
  }
})

const shown = (event: FeedEvent) => (event._tag === "Changes" ? event.position.seq : event._tag)

/** Opens a stream. Yields its events so far, and whether it has ended. */
const follow = Effect.fnUntraced(function* (hub: ChangeHub["Service"], user = ada) {
  const stream = { sent: [] as Array<string | number>, isEnded: false, close: () => {} }
  const subscribe = yield* hub.open(user)
  const close = subscribe({
    send: (event) => stream.sent.push(shown(event)),
    end: () => {
      stream.isEnded = true
      stream.close()
    }
  })
  stream.close = close
  yield* TestClock.adjust("50 millis")
  return stream
})

describe("ChangeHub", () => {
  it.effect("sends the end of the feed at once, and after each change of this or another process", () =>
    Effect.gen(function* () {
      const { announce, change, hub } = yield* make
      change(3)
      const { sent } = yield* follow(hub)
      assert.deepStrictEqual(sent, [3])
      change(4)
      hub.changed(ada.id)
      yield* TestClock.adjust("50 millis")
      change(5)
      announce()
      yield* TestClock.adjust("50 millis")
      assert.deepStrictEqual(sent, [3, 4, 5])
      announce()
      yield* TestClock.adjust("50 millis")
      assert.deepStrictEqual(sent, [3, 4, 5])
    })
  )

  it.effect("finds changes without an announcement after 10 seconds, or after one while none arrive", () =>
    Effect.gen(function* () {
      const { change, disconnect, hub } = yield* make
      const { sent } = yield* follow(hub)
      change(1)
      yield* TestClock.adjust("9 seconds")
      assert.deepStrictEqual(sent, [0])
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(sent, [0, 1])
      disconnect()
      yield* TestClock.adjust("10 seconds")
      change(2)
      yield* TestClock.adjust("1 second")
      assert.deepStrictEqual(
        sent.slice(0, 4).filter((event) => event !== "Heartbeat"),
        [0, 1, 2]
      )
    })
  )

  it.effect("sends a heartbeat every 15 seconds", () =>
    Effect.gen(function* () {
      const { hub } = yield* make
      const streams = [yield* follow(hub), yield* follow(hub)]
      yield* TestClock.adjust("45 seconds")
      for (const { sent } of streams) assert.deepStrictEqual(sent, [0, "Heartbeat", "Heartbeat", "Heartbeat"])
    })
  )

  it.effect("ends a stream when its token expires, its account is erased or the process stops", () =>
    Effect.gen(function* () {
      const { announce, change, erase, hub } = yield* make
      change(1)
      const expiring = yield* follow(hub, userOf("ada", new Date(5000).toISOString()))
      const others = [yield* follow(hub), yield* follow(hub, userOf("bob"))]
      yield* TestClock.adjust("5 seconds")
      assert.isTrue(expiring.isEnded)
      assert.deepStrictEqual(expiring.sent, [1, "TokenExpired"])
      erase()
      announce()
      yield* TestClock.adjust("50 millis")
      assert.deepStrictEqual(
        others.map(({ isEnded }) => isEnded),
        [true, false]
      )
      assert.strictEqual(hub.statistics.streams, 1)
      yield* hub.close
      assert.isTrue(others[1]?.isEnded)
      assert.strictEqual(hub.statistics.streams, 0)
      assert.deepInclude(yield* Effect.flip(hub.open(ada)), { reason: "stopping" })
    })
  )

  it.effect("ends streams of an erased account that never had a row, in all processes", () =>
    Effect.gen(function* () {
      const [here, elsewhere] = [yield* make, yield* make]
      const streams = [yield* follow(here.hub), yield* follow(elsewhere.hub)]
      const other = yield* follow(here.hub, userOf("bob"))
      here.hub.erased(ada.id)
      yield* TestClock.adjust("50 millis")
      elsewhere.receive(here.published)
      assert.deepStrictEqual(
        [...streams, other].map(({ isEnded }) => isEnded),
        [true, true, false]
      )
    })
  )

  it.effect("refuses the 11th stream of a user, and streams beyond the limit of the process", () =>
    Effect.gen(function* () {
      const { hub } = yield* make
      const streams = yield* Effect.forEach(Array.from({ length: 10 }), () => follow(hub))
      assert.deepInclude(yield* Effect.flip(hub.open(ada)), { reason: "user" })
      yield* Effect.forEach(["bob", "eve"], (name) => follow(hub, userOf(name)))
      assert.deepInclude(yield* Effect.flip(hub.open(userOf("dan"))), { reason: "process" })
      streams[0]?.close()
      assert.deepStrictEqual((yield* follow(hub)).sent, [0])
    })
  )

  it.effect("opens no more than ten streams of a user that are requested at the same time", () =>
    Effect.gen(function* () {
      const { hub } = yield* make
      const opened = yield* Effect.forEach(Array.from({ length: 12 }), () => hub.open(ada))
      let ended = 0
      const closings = opened.map((subscribe) => subscribe({ send: () => {}, end: () => void ended++ }))
      assert.deepStrictEqual([hub.statistics.streams, ended], [10, 2])
      for (const close of closings) close()
      assert.strictEqual(hub.statistics.streams, 0)
    })
  )
})
