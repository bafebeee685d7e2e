import { Effect } from "effect"
import type { UserId } from "../domain/User.ts"

/** The rows of a statement inside of `Database.transaction`, which names the user. */
export const runAsUser =
  (_owner: UserId) =>
  <A, E, R>(statement: Effect.Effect<A, E, R>) =>
    Effect.orDie(statement)
