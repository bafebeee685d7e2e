import type { Effect, Scope } from "effect"
import type { Environment } from "../test/support/Process.ts"
import type { startPostgres, startRedis, startService } from "./Dependencies.ts"
import type { Expectation } from "./Expectations.ts"

type Service = Effect.Success<ReturnType<typeof startService>>

/** The running parts of a chaos test. */
export interface System {
  /** The settings of the services. */
  readonly environment: Environment
  readonly services: readonly [Service, Service]
  readonly postgres: Effect.Success<typeof startPostgres>
  readonly redis: Effect.Success<typeof startRedis>
}

/** Something that the documentation promises, and what a scenario saw of it. */
export interface Finding {
  readonly promise: string
  readonly seen: string
  readonly isKept: boolean
}

/** One fault. To add a scenario, add a file to scenarios/ and list it in scenarios/index.ts. */
export interface Scenario {
  readonly name: string
  readonly inject?: (system: System) => Effect.Effect<unknown, unknown>
  /** For faults of a service process that no client uses but the scenario itself. */
  readonly observe?: (system: System) => Effect.Effect<ReadonlyArray<Finding>, unknown, Scope.Scope>
  /** Ends the fault; recovery time counts from its end. */
  readonly recover?: (system: System) => Effect.Effect<unknown, unknown>
  readonly expect: Expectation
}
