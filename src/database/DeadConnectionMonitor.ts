import type { Socket } from "node:net"
import { Duration, Effect, Option, Schedule } from "effect"
import type { Lane, Line } from "./ConnectionPool.ts"

// A line is doubted when nothing came back for this long. With a second at most for the question, what
// is dead is replaced well within two seconds after the way is free again.
const doubt = 750
const pause = Duration.millis(150)

interface Options {
  readonly lanes: ReadonlyArray<Lane>
  /** All that is open or is being opened for them, and since when. */
  readonly sockets: ReadonlyMap<Socket, number>
  /** Nobody waits longer for a statement, in milliseconds: neither who asked nor the server. */
  readonly limit: number
  /** Which of these server processes are at work. Without an answer time alone tells. */
  readonly atWork: (processes: ReadonlyArray<number>) => Effect.Effect<ReadonlySet<number>, unknown>
}

/**
 * Ends connections that died without a word, cut by a firewall or lost with a machine, so that the pool
 * makes new ones. TCP does not do that: keepalive looks after idle connections, and is silent while
 * there is something to acknowledge, which can last a quarter of an hour.
 */
export const watch = ({ atWork, lanes, limit, sockets }: Options) => {
  const look = Effect.gen(function* () {
    const now = performance.now()
    const lines = lanes.flatMap((lane) => Array.from(lane.lines.values(), (line) => ({ line, since: line.since })))
    const older = (than: number) => lines.filter(({ since }) => now - since > than)
    const isOut = ({ line }: { readonly line: Line }) => line.loans > 0
    const isUnchanged = ({ line, since }: (typeof lines)[number]) => line.since === since
    const isOld = (socket: Socket) => now - (sockets.get(socket) ?? now) > doubt
    const isMute = (socket: Socket) => isOld(socket) && socket.bytesRead === 0
    const someMute = () => Array.from(sockets.keys()).some(isMute)

    const doubtful = older(doubt).filter(isOut)
    if (doubtful.length === 0 && !someMute()) return
    const working = yield* Effect.option(atWork(doubtful.map(({ line }) => line.connection.processId)))
    // An answer may be on its way.
    yield* Effect.sleep(pause)
    // Out here and idle there: what went out, or what came back, is lost. No transaction of ours pauses.
    const lost = Option.match(working, {
      onNone: () => older(limit).filter(isOut),
      onSome: (processes) => doubtful.filter(({ line }) => !processes.has(line.connection.processId))
    }).filter(isUnchanged)
    if (lost.length === 0 && (Option.isNone(working) || !someMute())) return
    // What nobody used since is likely to have died of the same cause, lent before or not.
    const idle = older(doubt).filter((entry) => !isOut(entry) && isUnchanged(entry))
    const lent = new Set(lanes.flatMap((lane) => Array.from(lane.lines.values(), ({ socket }) => socket.localPort)))
    for (const { line } of [...lost, ...idle]) line.socket.destroy()
    for (const socket of sockets.keys()) if (isOld(socket) && !lent.has(socket.localPort)) socket.destroy()
  })
  return Effect.forkScoped(Effect.repeat(look, Schedule.spaced(pause)))
}
