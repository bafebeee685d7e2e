import { Effect, Layer, Schedule } from "effect"
import { IdempotencyRepo } from "../repositories/IdempotencyRepo.ts"
import { TrashRepo } from "../repositories/TrashRepo.ts"

const purging = (what: string, purge: Effect.Effect<number>) =>
  purge.pipe(
    Effect.tap((rows) => (rows === 0 ? Effect.void : Effect.logInfo(`purged ${rows} ${what}`))),
    // A database that is away now is asked again in an hour.
    Effect.catchCause((cause) => Effect.logWarning(`could not purge ${what}`, cause)),
    Effect.repeat(Schedule.spaced("1 hour")),
    Effect.forkScoped
  )

/** What every process does at its start and every hour: forget what was kept long enough. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    yield* purging("tasks in the trash", (yield* TrashRepo).purge)
    yield* purging("kept answers", (yield* IdempotencyRepo).purge)
  })
)
