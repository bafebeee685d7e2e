import { Effect, Layer } from "effect"
import { SqlError } from "effect/sql"
import * as Config from "../config/Config.ts"
import { QueryTimedOut } from "../database/Database.ts"
import * as Migrations from "../database/Migrations.ts"
import * as RowSecurity from "../database/RowSecurity.ts"
import { AccountRepo } from "../repositories/AccountRepo.ts"
import * as AppLayers from "./AppLayers.ts"
import { CommandFailed } from "./ErrorReporting.ts"

/** Runs a command on the database of the service, which must be migrated. */
export const withAccountDatabase = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const settings = yield* Config.load()
    const run = Effect.gen(function* () {
      const { pending } = yield* Migrations.status
      if (pending.length > 0) {
        return yield* new CommandFailed({ message: `pending: ${pending.join(", ")}; run tasks migrate` })
      }
      // With policies that do not match DATABASE_RLS, an account could look empty.
      const mismatches = yield* RowSecurity.check(settings.DATABASE_RLS === "on")
      if (mismatches.length > 0)
        return yield* new CommandFailed({ message: `Row-level security: ${mismatches.join("; ")}` })
      return yield* effect
    })
    return yield* run.pipe(
      Effect.provide(Layer.provide(AccountRepo.layer, AppLayers.quotasLayer(settings))),
      Effect.provide(AppLayers.databaseLayer(settings))
    )
  }).pipe(
    // A database failure is a defect for a request, and an error message for a command.
    Effect.catchDefect((defect) =>
      SqlError.isSqlError(defect) || defect instanceof QueryTimedOut ? Effect.fail(defect) : Effect.die(defect)
    )
  )
