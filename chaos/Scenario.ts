import type { Effect } from "effect"
import type { startPostgres, startRedis, startService } from "./Dependencies.ts"
import type { Expectation } from "./Expectations.ts"

type Service = Effect.Success<ReturnType<typeof startService>>

/** The running parts of a chaos test. */
export interface System {
  readonly services: readonly [Service, Service]
  readonly postgres: Effect.Success<typeof startPostgres>
  readonly redis: Effect.Success<typeof startRedis>
}

/** One fault. To add a scenario, add a file to scenarios/ and list it in scenarios/index.ts. */
export interface Scenario {
  readonly name: string
  readonly inject: (system: System) => Effect.Effect<unknown, unknown>
  /** Ends the fault; recovery time counts from its end. */
  readonly recover?: (system: System) => Effect.Effect<unknown, unknown>
  readonly expect: Expectation
}
