import { Data, Effect } from "effect"
import { Flag } from "effect/cli"
import { SqlError } from "effect/sql"
import * as Config from "../config/Config.ts"
import { QueryTimedOut } from "../database/Database.ts"
import * as Migrations from "../database/Migrations.ts"
import * as RowSecurity from "../database/RowSecurity.ts"
import { UserId } from "../domain/User.ts"
import { AccountRepo } from "../repositories/AccountRepo.ts"
import * as AppLayers from "./AppLayers.ts"
import { MigrationsPending } from "./Migrate.ts"

/** Behind a wall that is not as the settings say, an account could look empty. */
export class RlsMismatch extends Data.TaggedError("RlsMismatch")<{ readonly message: string }> {}

export const subjectFlag = Flag.String("sub").pipe(
  Flag.withSchema(UserId),
  Flag.withDescription("Whose account: the user id, as it is in the token")
)

/** Runs what concerns accounts on the database that the service would use, which must be migrated. */
export const withAccountDatabase = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const settings = yield* Config.ofProcess
    const run = Effect.gen(function* () {
      const { pending } = yield* Migrations.status
      if (pending.length > 0) {
        return yield* new MigrationsPending({ message: `pending: ${pending.join(", ")}; run tasks migrate` })
      }
      const faults = yield* RowSecurity.check(settings.DATABASE_RLS === "on")
      if (faults.length > 0) return yield* new RlsMismatch({ message: `row level security: ${faults.join("; ")}` })
      return yield* effect
    })
    return yield* run.pipe(Effect.provide(AccountRepo.layer), Effect.provide(AppLayers.databaseLayer(settings)))
  }).pipe(
    // To a request it is a defect that the database fails; to a command it is what to tell.
    Effect.catchDefect((defect) =>
      SqlError.isSqlError(defect) || defect instanceof QueryTimedOut ? Effect.fail(defect) : Effect.die(defect)
    )
  )
