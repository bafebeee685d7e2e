import { Effect, Layer } from "effect"
import { SqlError } from "effect/sql"
import * as Config from "../config/Config.ts"
import { QueryTimedOut } from "../database/Database.ts"
import * as Migrations from "../database/Migrations.ts"
import * as RowSecurity from "../database/RowSecurity.ts"
import { AccountRepo } from "../repositories/AccountRepo.ts"
import * as AppLayers from "./AppLayers.ts"
import { CommandFailed } from "./ErrorReporting.ts"

const checkSchema = Effect.fnUntraced(function* ({ DATABASE_RLS }: Config.Config) {
  const { pending } = yield* Migrations.status
  if (pending.length > 0)
    return yield* new CommandFailed({ message: `pending: ${pending.join(", ")}; run tasks migrate` })
  // With policies that do not match DATABASE_RLS, an account could look empty.
  const mismatches = yield* RowSecurity.check(DATABASE_RLS === "on")
  if (mismatches.length > 0)
    return yield* new CommandFailed({ message: `Row-level security: ${mismatches.join("; ")}` })
})

/** Runs a command on the database of the service, which must be migrated. */
export const withAccountDatabase = <A, E, R>(command: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Config.load(), (config) =>
    Effect.andThen(checkSchema(config), command).pipe(
      Effect.provide(Layer.provide(AccountRepo.layer, AppLayers.quotasLayer(config))),
      Effect.provide(AppLayers.databaseLayer(config))
    )
  ).pipe(
    // A database failure is a defect for a request, and an error message for a command.
    Effect.catchDefect((defect) =>
      SqlError.isSqlError(defect) || defect instanceof QueryTimedOut ? Effect.fail(defect) : Effect.die(defect)
    )
  )
