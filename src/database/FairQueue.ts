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
  readonly user: string
  isRunning: boolean
  /** Present while it waits. */
  start?: () => void
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
export class FairQueue {
  private readonly users = new Map<string, User>()
  private readonly slots: number
  private readonly slotsPerUser: number
  private readonly queue: number
  private readonly queuePerUser: number
  private running = 0
  private started = 0
  waiting = 0

  constructor({ queue, slots }: Options) {
    this.slots = slots
    this.slotsPerUser = Math.ceil(slots / 2)
    this.queue = queue
    this.queuePerUser = Math.ceil(queue / 4)
  }

  /** Does the work when it is the user's turn, or fails at once where too many wait. */
  run<A, E, R>(user: string, work: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError.SqlError, R> {
    return Effect.suspend(() => {
      const turn: Turn = { user, isRunning: false }
      return Effect.ensuring(
        Effect.andThen(this.wait(turn), work),
        Effect.sync(() => this.end(turn))
      )
    })
  }

  private wait(turn: Turn) {
    return Effect.callback<void, SqlError.SqlError>((resume) => {
      const user = this.users.get(turn.user) ?? { running: 0, startedAt: 0, waiting: new Set() }
      if (this.running < this.slots && user.running < this.slotsPerUser) {
        this.users.set(turn.user, user)
        this.start(turn, user)
        return resume(Effect.void)
      }
      if (this.waiting >= this.queue || user.waiting.size >= this.queuePerUser) {
        return resume(Effect.fail(queueFull(this.waiting)))
      }
      this.users.set(turn.user, user)
      this.waiting++
      user.waiting.add(turn)
      turn.start = () => resume(Effect.void)
    })
  }

  private start(turn: Turn, user: User) {
    turn.isRunning = true
    this.running++
    user.running++
    user.startedAt = ++this.started
  }

  private end(turn: Turn) {
    const user = this.users.get(turn.user)
    if (user === undefined) return
    if (user.waiting.delete(turn)) this.waiting--
    if (turn.isRunning) {
      this.running--
      user.running--
      this.startNext()
    }
    if (user.running === 0 && user.waiting.size === 0) this.users.delete(turn.user)
  }

  private startNext() {
    let next: User | undefined
    for (const user of this.users.values()) {
      if (user.waiting.size === 0 || user.running >= this.slotsPerUser) continue
      const isBefore =
        next === undefined ||
        user.running < next.running ||
        (user.running === next.running && user.startedAt < next.startedAt)
      if (isBefore) next = user
    }
    const [turn] = next?.waiting ?? []
    if (next === undefined || turn === undefined) return
    next.waiting.delete(turn)
    this.waiting--
    this.start(turn, next)
    turn.start?.()
  }
}
