import { Duration, Effect, Layer } from "effect"
import { ChangesRepo } from "../repositories/ChangesRepo.ts"
import { IdempotencyRepo } from "../repositories/IdempotencyRepo.ts"
import { TicketRepo } from "../repositories/TicketRepo.ts"
import { TrashRepo } from "../repositories/TrashRepo.ts"

const interval = Duration.hours(1)
const retryInterval = Duration.minutes(5)

const purgeRegularly = (what: string, purge: Effect.Effect<number>) =>
  Effect.matchCauseEffect(purge, {
    onFailure: (cause) => Effect.as(Effect.logWarning(`could not purge ${what}`, cause), retryInterval),
    onSuccess: (rows) => Effect.as(rows === 0 ? Effect.void : Effect.logInfo(`purged ${rows} ${what}`), interval)
  }).pipe(Effect.flatMap(Effect.sleep), Effect.forever, Effect.forkScoped)

/** Deletes expired rows, now and then every hour; after a failure again in five minutes. */
export const layer = Layer.effectDiscard(
  Effect.gen(function* () {
    yield* purgeRegularly("expired tasks from the trash", (yield* TrashRepo).purge)
    yield* purgeRegularly("expired idempotency records", (yield* IdempotencyRepo).purge)
    yield* purgeRegularly("expired event tickets", (yield* TicketRepo).purge)
    yield* purgeRegularly("expired records of deletions", (yield* ChangesRepo).purge)
  })
)
