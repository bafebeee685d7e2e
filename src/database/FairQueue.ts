import { Effect } from "effect"
import type { SqlError } from "effect/sql"
import { queueFull } from "./ExclusivePool.ts"

interface Options {
  /** How many may work at the same time. */
  readonly slots: number
  /** How many may wait. */
  readonly queue: number
}

interface Turn {
  isRunning: boolean
  begin: () => void
}

interface User {
  running: number
  /** When a turn of the user last started, counted in turns of all users. */
  startedAt: number
  readonly waiting: Set<Turn>
}

/**
 * Shares slots among users. One user gets at most half of them, rounded up, and at most a quarter of the places to wait.
 * A free slot goes to the user with the fewest running turns, and among these to the one whose last turn started first.
 */
export const makeFairQueue = ({ queue, slots }: Options) => {
  const slotsPerUser = Math.ceil(slots / 2)
  const queuePerUser = Math.ceil(queue / 4)
  const users = new Map<string, User>()
  let running = 0
  let started = 0
  let waiting = 0

  const start = (turn: Turn, user: User) => {
    turn.isRunning = true
    running++
    user.running++
    user.startedAt = ++started
    turn.begin()
  }

  const wait = (name: string, turn: Turn) =>
    Effect.callback<void, SqlError.SqlError>((resume) => {
      const user = users.get(name) ?? { running: 0, startedAt: 0, waiting: new Set() }
      turn.begin = () => resume(Effect.void)
      const isFree = running < slots && user.running < slotsPerUser
      if (!isFree && (waiting >= queue || user.waiting.size >= queuePerUser)) {
        return resume(Effect.fail(queueFull(waiting)))
      }
      users.set(name, user)
      if (isFree) return start(turn, user)
      waiting++
      user.waiting.add(turn)
    })

  const startNext = () => {
    const [next] = [...users.values()]
      .filter((user) => user.waiting.size > 0 && user.running < slotsPerUser)
      .sort((a, b) => a.running - b.running || a.startedAt - b.startedAt)
    const [turn] = next?.waiting ?? []
    if (next === undefined || turn === undefined) return
    next.waiting.delete(turn)
    waiting--
    start(turn, next)
  }

  const end = (name: string, turn: Turn) => {
    const user = users.get(name)
    if (user === undefined) return
    if (user.waiting.delete(turn)) waiting--
    if (turn.isRunning) {
      running--
      user.running--
      startNext()
    }
    if (user.running === 0 && user.waiting.size === 0) users.delete(name)
  }

  return {
    get waiting() {
      return waiting
    },
    /** Does the work when it is the user's turn, or fails at once where too many wait. */
    run: <A, E, R>(name: string, work: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError.SqlError, R> =>
      Effect.suspend(() => {
        const turn: Turn = { isRunning: false, begin: () => {} }
        return Effect.ensuring(
          Effect.andThen(wait(name, turn), work),
          Effect.sync(() => end(name, turn))
        )
      })
  }
}

export type FairQueue = ReturnType<typeof makeFairQueue>
