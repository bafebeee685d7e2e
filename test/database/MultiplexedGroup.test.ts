import type { Socket } from "node:net"
import { Duplex } from "node:stream"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Fiber } from "effect"
import { inject, vi } from "vitest"
import { MultiplexedGroup } from "../../src/database/MultiplexedGroup.ts"
import { routesTo } from "../../src/database/PostgresSocket.ts"
import { until } from "../support/Process.ts"

const { url } = inject("postgres")

// Without TLS there is one socket for each connection.
const target = `${url}?sslmode=disable`

/** A group that keeps one connection open, and its sockets, the given ones first. */
const makeGroup = (url = target, max = 1, given: ReadonlyArray<Duplex> = []) => {
  const sockets: Array<Socket> = []
  const { config, routes } = routesTo(url)
  const recorded = routes.all.map((route) => ({
    ...route,
    connect: () => {
      const socket = (given[sockets.length] ?? route.connect()) as Socket
      sockets.push(socket)
      return socket
    }
  }))
  const group = new MultiplexedGroup(
    config,
    { ...routes, all: recorded },
    {
      min: 1,
      max,
      queue: 10,
      lifetime: Duration.minutes(1),
      idle: Duration.minutes(1),
      timeout: Duration.seconds(3),
      isRepeatable: false
    }
  )
  group.tick(performance.now())
  return { group, sockets }
}

describe("A group of shared connections", () => {
  it.live("closes an open connection at its shutdown", () =>
    Effect.gen(function* () {
      const { group, sockets } = makeGroup()
      yield* until(() => group.connections.size === 1)
      yield* group.shutdown
      yield* until(() => sockets.every(({ closed }) => closed))
      assert.strictEqual(sockets.length, 1)
    })
  )

  // An open socket keeps the process alive: a command that was done would never end.
  it.live.each(["before it connects", "while it logs in"])("closes a connection that is being opened, %s", (when) =>
    Effect.gen(function* () {
      const { group, sockets } = makeGroup()
      yield* until(() => sockets.length === 1)
      if (when === "while it logs in") yield* until(() => (sockets[0]?.bytesWritten ?? 0) > 0)
      yield* group.shutdown
      yield* until(() => sockets.every(({ closed }) => closed))
      assert.strictEqual(group.connections.size, 0)
      group.tick(performance.now())
      assert.strictEqual(sockets.length, 1)
    })
  )

  it.live("sends the statements of one turn of the event loop in one packet", () =>
    Effect.gen(function* () {
      const { group, sockets } = makeGroup()
      yield* until(() => group.connections.size === 1)
      const [socket] = sockets
      assert.isDefined(socket)
      const [write, writeMany] = [vi.spyOn(socket, "_write"), vi.spyOn(socket, "_writev")]
      const statement = group.run((connection) => connection.query("select 1"))
      const send = Effect.forkChild(statement, { startImmediately: true })
      const sent = [yield* send]
      // The library sends what was begun before the next microtask together. Each request has microtasks of its own.
      yield* Effect.promise(() => new Promise<void>((resolve) => process.nextTick(resolve)))
      sent.push(yield* send)
      yield* Fiber.joinAll(sent)
      assert.deepStrictEqual([write.mock.calls.length, writeMany.mock.calls.length], [0, 1])
      yield* group.shutdown
    })
  )

  it.live("fails all statements once no connection can be opened, instead of trying again for each", () =>
    Effect.gen(function* () {
      const { group, sockets } = makeGroup(Object.assign(new URL(target), { password: "wrong" }).href, 3)
      const statement = group.run((connection) => connection.query("select 1"))
      const sent = yield* Effect.forEach(Array.from({ length: 8 }), () => Effect.forkChild(Effect.flip(statement)))
      const errors = yield* Fiber.joinAll(sent)
      for (const { reason } of errors) assert.strictEqual(reason._tag, "ConnectionError")
      assert.isBelow(sockets.length, sent.length)
      yield* group.shutdown
    }).pipe(Effect.timeout("20 seconds"))
  )

  it.live("tries again for a statement that came after a connection began to be opened in vain", () =>
    Effect.gen(function* () {
      const mute = new Duplex({ read: () => {}, write: (_chunk, _encoding, done) => done() })
      const { group, sockets } = makeGroup(target, 1, [mute])
      const statement = group.run((connection) => connection.query("select 1"))
      const sent = yield* Effect.forkChild(statement)
      yield* until(() => group.stats.waiting === 1)
      mute.destroy()
      yield* Fiber.join(sent)
      assert.lengthOf(sockets, 2)
      yield* group.shutdown
    }).pipe(Effect.timeout("20 seconds"))
  )

  it.live("goes on with statements that wait when the caller of the last one on its way has left", () =>
    Effect.gen(function* () {
      const { group } = makeGroup()
      yield* until(() => group.connections.size === 1)
      const statement = group.run((connection) => connection.query("select pg_sleep(0.02)"))
      const sent = yield* Effect.forEach(Array.from({ length: 8 }), () => Effect.forkChild(statement))
      const waiting = yield* Effect.forkChild(statement)
      yield* until(() => group.stats.inUse === 8 && group.stats.waiting === 1)
      const [leaving, ...staying] = sent.toReversed()
      if (leaving !== undefined) yield* Fiber.interrupt(leaving)
      yield* Fiber.joinAll([...staying, waiting])
      for (const { awaited } of group.connections) assert.strictEqual(awaited, 0)
      assert.deepStrictEqual(group.stats, { inUse: 0, waiting: 0 })
      yield* group.shutdown
    }).pipe(Effect.timeout("20 seconds"))
  )
})
