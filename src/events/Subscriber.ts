import { Cause, Effect } from "effect"
import type { FeedPosition } from "../domain/Change.ts"

export type FeedEvent =
  | { readonly _tag: "Changes"; readonly position: FeedPosition }
  | { readonly _tag: "Heartbeat" }
  | { readonly _tag: "TokenExpired" }

type Next = Effect.Effect<readonly [FeedEvent], Cause.Done>

/**
 * What the hub has of a stream. It keeps one event at most, because only the latest position matters: most streams are
 * idle, and a queue for each of them would need much memory.
 */
export class Subscriber {
  readonly expiresAt: number
  /** In which of the seconds between two heartbeats its own comes: not all streams are written at once. */
  readonly phase: number
  private unread: FeedEvent | undefined
  private resume: ((next: Next) => void) | undefined
  private isEnded = false

  constructor(expiresAt: number, phase: number) {
    this.expiresAt = expiresAt
    this.phase = phase
  }

  send(event: FeedEvent) {
    if (this.resume !== undefined) this.answer(Effect.succeed([event]))
    else if (event._tag !== "Heartbeat") this.unread = event
  }

  /** Ends the stream once it has read the last event. */
  end() {
    this.isEnded = true
    if (this.resume !== undefined) this.answer(Cause.done())
  }

  private answer(next: Next) {
    const { resume } = this
    this.resume = undefined
    resume?.(next)
  }

  /** Waits for the next event. */
  readonly next: Next = Effect.callback((resume) => {
    const { unread } = this
    this.unread = undefined
    if (unread !== undefined) return resume(Effect.succeed([unread]))
    if (this.isEnded) return resume(Cause.done())
    this.resume = resume
    return Effect.sync(() => {
      this.resume = undefined
    })
  })
}
