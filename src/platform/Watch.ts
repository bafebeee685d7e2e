import { Duration, Effect, Schedule } from "effect"
import type { Lane, Line } from "./Lane.ts"

// A line is doubted when nothing came back for this long, and looked at this often: together with a
// second for the question, what is dead is replaced well within two seconds after the way is free again.
const doubt = 1_000
const pause = Duration.millis(250)

interface Options {
  /** Nobody waits longer for a statement, in milliseconds: neither the caller nor the server. */
  readonly limit: number
  /** How long a line may lie unused before the pool closes it, in milliseconds. */
  readonly idle: number
  /** Which of these server processes are at work, asked over a new line. Without it, time alone tells. */
  readonly atWork: ((processes: ReadonlyArray<number>) => Effect.Effect<ReadonlySet<number>, unknown>) | undefined
}

/**
 * Finds the lines that died without a word, cut by a firewall or lost with a machine, and has them
 * replaced. TCP alone is no help: keepalive looks after idle lines, and is silent while sent bytes are
 * not acknowledged, which can last a quarter of an hour.
 */
export const watch = (lanes: ReadonlyArray<Lane>, { atWork, idle, limit }: Options) => {
  const look = Effect.gen(function* () {
    const asked = performance.now()
    const entries = lanes.flatMap((lane) => Array.from(lane.lines.values(), (line) => ({ lane, line })))
    const age = ({ since }: Line) => asked - since
    const doubtful = entries.filter(({ line }) => line.loans > 0 && age(line) > doubt)
    const overdue = doubtful.filter(({ line }) => age(line) > limit)
    // A slow statement is at work there; what is silent here and idle there is dead.
    const busy =
      doubtful.length === 0 || atWork === undefined
        ? undefined
        : yield* Effect.option(atWork(doubtful.map(({ line }) => line.connection.processId)))
    const dead =
      busy?._tag === "Some" ? doubtful.filter(({ line }) => !busy.value.has(line.connection.processId)) : overdue

    for (const { lane, line } of dead) yield* lane.drop(line)
    for (const { lane, line } of overdue) yield* lane.cut(line)
    for (const { lane, line } of entries) {
      if (line.loans > 0 || line.since > asked) continue
      // What nobody used since is likely to have died of the same cause.
      if (dead.length > 0 && age(line) > doubt) yield* lane.drop(line)
      if (age(line) > 2 * idle) lane.lines.delete(line.connection)
    }
  })
  return Effect.forkScoped(Effect.repeat(look, Schedule.spaced(pause)))
}
