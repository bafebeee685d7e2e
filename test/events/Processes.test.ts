import { assert, describe, it } from "@effect/vitest"
import { Context, Duration, Effect, Layer, Logger, Random, Redacted } from "effect"
import { createClient } from "redis"
import * as PostgresDatabase from "../../src/database/PostgresDatabase.ts"
import type { FeedPosition } from "../../src/domain/Change.ts"
import { User, UserId } from "../../src/domain/User.ts"
import { ChangeBus } from "../../src/events/ChangeBus.ts"
import { ChangeHub, type FeedEvent } from "../../src/events/ChangeHub.ts"
import * as NotifyBus from "../../src/events/NotifyBus.ts"
import * as RedisBus from "../../src/events/RedisBus.ts"
import { formatCause } from "../../src/observability/ErrorRedaction.ts"
import { ChangesRepo } from "../../src/repositories/ChangesRepo.ts"
import { TagRepo } from "../../src/repositories/TagRepo.ts"
import { repositories } from "../support/HttpTestClient.ts"
import * as PgBouncer from "../support/PgBouncer.ts"
import { until } from "../support/Process.ts"
import * as RedisServer from "../support/RedisServer.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

const timeout = 120_000
const ada = User.make({ id: UserId.make("ada"), email: null, name: null, expires_at: "2999-01-01T00:00:00.000Z" })
const connectTimeout = Duration.seconds(2)

/** A bus that loses this part of the announcements to its process. */
const losing = (part: number) =>
  Layer.effect(
    ChangeBus,
    Effect.gen(function* () {
      const bus = yield* ChangeBus
      const random = yield* Random.Random
      return {
        ...bus,
        subscribe: (onUsers) =>
          bus.subscribe((users) => {
            if (random.nextDoubleUnsafe() >= part) onUsers(users)
          })
      }
    })
  )

interface Mode {
  readonly part: number
  readonly comparison: { readonly live: Duration.Duration; readonly polling: Duration.Duration }
}

const onlyAnnouncements: Mode = { part: 0, comparison: { live: Duration.hours(1), polling: Duration.hours(1) } }
const halfLost: Mode = { part: 0.5, comparison: { live: Duration.millis(500), polling: Duration.millis(100) } }
const allLost: Mode = { ...halfLost, part: 1 }

/** A process of the service, as far as changes are concerned. */
const start = <E>(url: string, bus: Layer.Layer<ChangeBus, E, never>, { comparison, part }: Mode) =>
  Layer.build(
    ChangeHub.layer({ maxStreams: 10, comparison }).pipe(
      Layer.provideMerge(Layer.provide(losing(part), bus)),
      Layer.provideMerge(repositories),
      Layer.provide(PostgresDatabase.layer(TestDatabase.settings, Redacted.make(url)))
    )
  )

/** Makes changes over one process, and waits until a stream of another one has sent the last of them. */
const converge = <E>(url: string, bus: () => Layer.Layer<ChangeBus, E, never>, mode: Mode) =>
  Effect.gen(function* () {
    const [writer, reader] = [yield* start(url, bus(), mode), yield* start(url, bus(), mode)]
    if (mode === onlyAnnouncements) {
      for (const process of [writer, reader]) yield* until(Context.get(process, ChangeBus).isLive)
    }
    const received: Array<FeedPosition> = []
    yield* Effect.gen(function* () {
      const subscribe = yield* (yield* ChangeHub).open(ada)
      const send = (event: FeedEvent) => {
        if (event._tag === "Changes") received.push(event.position)
      }
      yield* Effect.acquireRelease(
        Effect.sync(() => subscribe({ send, end: () => {} })),
        (close) => Effect.sync(close)
      )
    }).pipe(Effect.provide(reader))
    yield* until(() => received.length === 1)
    const last = yield* Effect.gen(function* () {
      const [hub, tags] = [yield* ChangeHub, yield* TagRepo]
      for (let n = 0; n < 20; n++) {
        yield* tags.create(ada.id, { name: `tag ${yield* Random.nextInt}` })
        hub.changed(ada.id)
        yield* Effect.sleep("5 millis")
      }
      return yield* (yield* ChangesRepo).end(ada.id)
    }).pipe(Effect.provide(writer))
    yield* until(() => received.at(-1)?.seq === last.seq)
    const seqs = received.map(({ seq }) => seq)
    assert.deepStrictEqual(
      seqs,
      seqs.toSorted((a, b) => a - b)
    )
  }).pipe(Effect.scoped)

const notify = (url: string) => NotifyBus.layer({ url: Redacted.make(url), connectTimeout })

describe("Two processes", () => {
  it.live(
    "announce every change to each other's streams over LISTEN and NOTIFY, also if announcements are lost",
    () =>
      Effect.gen(function* () {
        const url = yield* TestDatabase.make
        const bus = () => Layer.provide(notify(url), PostgresDatabase.layer(TestDatabase.settings, Redacted.make(url)))
        for (const mode of [onlyAnnouncements, halfLost, allLost]) yield* converge(url, bus, mode)
      }).pipe(Effect.scoped),
    timeout
  )

  it.live.skipIf(!RedisServer.isAvailable)(
    "announce every change to each other's streams over Redis, also if announcements are lost",
    () =>
      Effect.gen(function* () {
        const [url, redis] = [yield* TestDatabase.make, yield* RedisServer.start]
        const bus = () => RedisBus.layer(Redacted.make(redis.url))
        for (const mode of [onlyAnnouncements, halfLost, allLost]) yield* converge(url, bus, mode)
      }).pipe(Effect.scoped),
    timeout
  )

  it.live.skipIf(!RedisServer.isAvailable)(
    "say that Redis refuses to subscribe, and are not live",
    () =>
      Effect.gen(function* () {
        const redis = yield* RedisServer.start
        yield* Effect.promise(async () => {
          const client = await createClient({ url: redis.url }).connect()
          await client.aclSetUser("deaf", ["on", `>${redis.password}`, "+@all"])
          client.destroy()
        })
        const log: Array<string> = []
        const logger = Logger.layer([
          Logger.make(({ cause, message }) => void log.push(`${message}: ${formatCause(cause)}`))
        ])
        const bus = RedisBus.layer(Redacted.make(redis.url.replace("//:", "//deaf:")))
        const context = yield* Layer.build(Layer.provide(bus, logger))
        yield* until(() => log.some((line) => /polling, because Redis refuses to subscribe: .*NOPERM/.test(line)))
        assert.isFalse(Context.get(context, ChangeBus).isLive())
      }).pipe(Effect.scoped),
    timeout
  )

  it.live.skipIf(!PgBouncer.isAvailable || process.env.TEST_DATABASE_URL !== undefined)(
    "compare counters behind PgBouncer without a direct URL",
    () =>
      Effect.gen(function* () {
        const url = yield* TestDatabase.make
        const pooled = yield* PgBouncer.start(url)
        const bus = () =>
          Layer.provide(notify(pooled), PostgresDatabase.layer(TestDatabase.settings, Redacted.make(url)))
        const log: Array<string> = []
        const logger = Logger.layer([Logger.make(({ message }) => void log.push(String(message)))])
        const context = yield* Layer.build(Layer.provide(bus(), logger))
        yield* until(() => log.some((line) => line.includes("polling, because DATABASE_URL leads through a pooler")))
        assert.isFalse(Context.get(context, ChangeBus).isLive())
        yield* converge(url, bus, halfLost)
      }).pipe(Effect.scoped),
    timeout
  )
})
