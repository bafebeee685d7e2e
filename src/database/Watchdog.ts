import type { Socket } from "node:net"
import { Effect, Option } from "effect"
import type { ExclusivePool } from "./ExclusivePool.ts"
import type { MultiplexedGroup } from "./MultiplexedGroup.ts"
import { type TrackedConnection, timeLimits } from "./TrackedConnection.ts"

/** How often the connections are looked at, in milliseconds. */
const interval = 100

/**
 * A connection is suspected when nothing came back for this long, in milliseconds. With a second at most to ask the
 * server about it, a dead one is replaced well within two seconds after the server can be reached again.
 */
const suspicious = 500

interface Options {
  readonly groups: ReadonlyArray<MultiplexedGroup>
  readonly pools: ReadonlyArray<Pick<ExclusivePool, "connections" | "tick">>
  /** All sockets that are open or being opened, and since when. */
  readonly sockets: ReadonlyMap<Socket, number>
  /** How long a caller waits for a statement, in milliseconds. */
  readonly timeout: number
  /** Whether the server limits the time of every statement, too. */
  readonly isLimited: boolean
  /** Which of these sessions of the server execute something. It fails where the server cannot be asked. */
  readonly executing: (processes: ReadonlyArray<number>) => Effect.Effect<ReadonlySet<number>, unknown>
  /** Ends sessions of the server, so that statements in flight are not executed later. */
  readonly terminate: (processes: ReadonlyArray<number>) => Effect.Effect<unknown, unknown>
}

/**
 * Closes connections whose statements take too long, and those that died silently, cut by a firewall or lost with a
 * machine. TCP does not find those in time: keepalive checks only connections with nothing to acknowledge, and
 * retransmission goes on for a quarter of an hour.
 */
export const start = ({ executing, groups, isLimited, pools, sockets, terminate, timeout }: Options) => {
  let isAsking = false

  const shared = () => groups.flatMap(({ connections }) => [...connections])
  const all = () => [...shared(), ...pools.flatMap(({ connections }) => [...connections])]
  const isBusy = ({ inFlight }: TrackedConnection) => inFlight.length > 0

  /**
   * Its caller's time is up, and others wait behind it, or for its locks: the server's own limit does not end a commit that
   * waits for a synchronous standby. Without that limit a statement on an exclusive connection may be a long migration.
   */
  const closeOverdue = (now: number) => {
    const overdue = (isLimited ? all() : shared()).filter(
      (tracked) =>
        !tracked.isClosing && tracked.inFlight.some(({ askedAt }) => now - askedAt >= timeout * timeLimits.session)
    )
    if (overdue.length === 0) return
    for (const tracked of overdue) {
      tracked.isClosing = true
      setTimeout(() => tracked.socket.destroy(), timeout * (timeLimits.socket - timeLimits.session))
    }
    Effect.runFork(Effect.ignore(terminate(overdue.map(({ connection }) => connection.processId))))
  }

  const closeDead = Effect.gen(function* () {
    const now = performance.now()
    const isOld = (since: number) => now - since > suspicious
    const seen = new Map(all().map((tracked) => [tracked, tracked.changedAt]))
    const suspects = [...seen.keys()].filter((tracked) => isBusy(tracked) && isOld(tracked.changedAt))
    const isMute = ([socket, since]: readonly [Socket, number]) => isOld(since) && socket.bytesRead === 0
    if (suspects.length === 0 && ![...sockets].some(isMute)) return
    const answer = yield* Effect.option(executing(suspects.map(({ connection }) => connection.processId)))
    // A result may be in flight.
    yield* Effect.sleep(interval)
    const isUnchanged = (tracked: TrackedConnection) => tracked.changedAt === seen.get(tracked)
    // A statement is in flight here and the session is idle there: the statement or its result is lost. No transaction
    // of ours pauses. Without an answer, only the time limit decides.
    const lost = suspects.filter(isUnchanged).filter(({ changedAt, connection }) =>
      Option.match(answer, {
        onNone: () => performance.now() - changedAt > timeout,
        onSome: (processes) => !processes.has(connection.processId)
      })
    )
    if (lost.length === 0 && (Option.isNone(answer) || ![...sockets].some(isMute))) return
    // Connections that were idle all the while have probably died of the same cause.
    const idle = [...seen.keys()].filter(
      (tracked) => !isBusy(tracked) && isUnchanged(tracked) && isOld(tracked.changedAt)
    )
    for (const { socket } of [...lost, ...idle]) socket.destroy()
    for (const entry of sockets) if (isMute(entry)) entry[0].destroy()
  })

  const look = () => {
    const now = performance.now()
    for (const group of groups) group.tick(now)
    for (const pool of pools) pool.tick()
    closeOverdue(now)
    if (isAsking) return
    isAsking = true
    Effect.runFork(closeDead).addObserver(() => {
      isAsking = false
    })
  }
  return Effect.acquireRelease(
    Effect.sync(() => {
      look()
      // After a pause of the event loop, results are read and delivered before anything is found to be late.
      return setInterval(() => setImmediate(() => setImmediate(look)), interval)
    }),
    (timer) => Effect.sync(() => clearInterval(timer))
  )
}
