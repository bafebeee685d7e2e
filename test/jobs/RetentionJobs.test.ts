import { assert, describe, it } from "@effect/vitest"
import { Effect, Layer, Logger } from "effect"
import { TestClock } from "effect/testing"
import { QueryTimedOut } from "../../src/database/Database.ts"
import * as RetentionJobs from "../../src/jobs/RetentionJobs.ts"
import { ChangesRepo } from "../../src/repositories/ChangesRepo.ts"
import { IdempotencyRepo } from "../../src/repositories/IdempotencyRepo.ts"
import { TicketRepo } from "../../src/repositories/TicketRepo.ts"
import { TrashRepo } from "../../src/repositories/TrashRepo.ts"
import { administer } from "../support/PostgresServer.ts"
import * as Process from "../support/Process.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

describe("RetentionJobs", () => {
  it.effect("purge at once and every hour, and after a failure again in five minutes", () =>
    Effect.gen(function* () {
      let runs = 0
      const lines: Array<string> = []
      const purge = Effect.suspend(() => (++runs % 2 === 0 ? Effect.die(new QueryTimedOut()) : Effect.succeed(7)))
      const services = Layer.mergeAll(
        Layer.mock(TrashRepo, { purge }),
        Layer.mock(IdempotencyRepo, { purge: Effect.never }),
        Layer.mock(TicketRepo, { purge: Effect.never }),
        Layer.mock(ChangesRepo, { purge: Effect.never })
      )
      const log = Logger.layer([Logger.make(({ message }) => void lines.push(String(message)))])
      yield* Layer.build(Layer.provide(RetentionJobs.layer, [services, log]))
      for (const [minutes, expected] of [
        [0, 1],
        [59, 1],
        [1, 2],
        [4, 2],
        [1, 3],
        [59, 3],
        [1, 4],
        [5, 5]
      ] as const) {
        yield* TestClock.adjust(`${minutes} minutes`)
        assert.strictEqual(runs, expected)
      }
      assert.includeMembers(lines, [
        "purged 7 expired tasks from the trash",
        "could not purge expired tasks from the trash"
      ])
    })
  )

  it.live(
    "run in a service that has started",
    () =>
      Effect.gen(function* () {
        const DATABASE_URL = yield* TestDatabase.make
        yield* administer(
          DATABASE_URL,
          (sql) => sql`
            insert into event_ticket (user_id, id, token_expires_at, created_at)
            values ('ada', gen_random_uuid(), now(), now() - interval '1 hour')
          `
        )
        const service = yield* Process.serve({ DATABASE_URL, BETTER_AUTH_SECRET: Process.secret })
        yield* Process.until(() => service.output().includes("purged 1 expired event tickets"))
      }).pipe(Effect.scoped),
    Process.timeout
  )
})
