import { Data, Effect } from "effect"
import { Flag } from "effect/cli"
import { SqlError } from "effect/sql"
import { UserId } from "../domain/User.ts"
import * as Migrations from "../platform/Migrations.ts"
import * as RowSecurity from "../platform/RowSecurity.ts"
import * as Settings from "../platform/Settings.ts"
import { AccountRepo } from "../repo/AccountRepo.ts"
import { DatabaseSilent, Patience } from "../repo/Database.ts"
import * as Choices from "./Choices.ts"
import { MigrationsPending } from "./Migrate.ts"

/** Behind a wall that is not as the settings say, an account could look empty. */
export class WallUnfit extends Data.TaggedError("WallUnfit")<{ readonly message: string }> {}

export const sub = Flag.String("sub").pipe(
  Flag.withSchema(UserId),
  Flag.withDescription("Whose account: the user id, as it is in the token")
)

/** Runs what concerns accounts on the database that the service would use, which must be migrated. */
export const onAccounts = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.gen(function* () {
    const settings = yield* Settings.ofProcess
    const run = Effect.gen(function* () {
      const { pending } = yield* Migrations.status
      if (pending.length > 0) {
        return yield* new MigrationsPending({ message: `pending: ${pending.join(", ")}; run tasks migrate` })
      }
      const faults = yield* RowSecurity.faults(settings.DATABASE_RLS === "on")
      if (faults.length > 0) return yield* new WallUnfit({ message: `row level security: ${faults.join("; ")}` })
      return yield* effect
    })
    return yield* run.pipe(
      Effect.provide(AccountRepo.layer),
      Effect.provide(Choices.wallLayer(settings)),
      Effect.provide(Choices.databaseLayer(settings)),
      Effect.provideService(Patience, settings.DATABASE_TIMEOUT)
    )
  }).pipe(
    // To a request it is a defect that the database fails; to a command it is what to tell.
    Effect.catchDefect((defect) =>
      SqlError.isSqlError(defect) || defect instanceof DatabaseSilent ? Effect.fail(defect) : Effect.die(defect)
    )
  )
