import { Console, Effect, Logger, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { SqlClient } from "effect/sql"
import * as Config from "../config/Config.ts"
import { withLockRetries } from "../database/LockRetries.ts"
import * as Migrations from "../database/Migrations.ts"
import * as Rollback from "../database/Rollback.ts"
import * as RowSecurity from "../database/RowSecurity.ts"
import * as AppLayers from "./AppLayers.ts"
import { CommandFailed } from "./ErrorReporting.ts"
import { wholeNumberFlag } from "./Flags.ts"

/** The result of a command is on stdout, so its warnings go to stderr. */
const stderrLogger = Logger.layer([Logger.make(({ message }) => void process.stderr.write(`tasks: ${message}\n`))])

/** The migrator's own error would be that of a later statement in its aborted transaction. */
const checkPermission = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const { pending } = yield* Migrations.status
  const [role] = yield* sql<{ may_create: boolean }>`
    select has_schema_privilege(current_schema(), 'create') as may_create
  `
  if (pending.length === 0 || role?.may_create === true) return
  return yield* new CommandFailed({
    message: "permission denied: the role may not create tables. Migrate as their owner, in DATABASE_DIRECT_URL"
  })
})

const withMigrationDatabase = <A, E, R>(run: (config: Config.Config) => Effect.Effect<A, E, R>) =>
  Effect.flatMap(Config.load({ needsTokens: false }), (config) =>
    run(config).pipe(
      AppLayers.withMigrationClient(config),
      Effect.provide(AppLayers.databaseLayer(config)),
      Effect.provide(stderrLogger)
    )
  )

/** Applies pending migrations and changes row-level security to match DATABASE_RLS. Returns the changes. */
export const migrateAndApplyRls = ({ DATABASE_RLS }: Config.Config) =>
  withLockRetries(
    Effect.gen(function* () {
      yield* checkPermission
      const applied = yield* Migrations.apply
      const changed = yield* RowSecurity.apply(DATABASE_RLS === "on")
      return [
        ...applied.map((name) => `applied ${name}`),
        ...changed.map((table) => `row-level security is ${DATABASE_RLS} for ${table}`)
      ]
    })
  )

const apply = Effect.fnUntraced(function* (config: Config.Config) {
  const changes = yield* migrateAndApplyRls(config)
  yield* Console.log(changes.length === 0 ? "no pending migrations" : changes.join("\n"))
})

const status = Effect.gen(function* () {
  const { applied, pending, unknown } = yield* Migrations.status
  for (const name of applied) yield* Console.log(`applied ${name}`)
  for (const name of unknown) yield* Console.log(`applied ${name} by a newer version`)
  for (const name of pending) yield* Console.log(`pending ${name}`)
  if (pending.length > 0) return yield* new CommandFailed({ message: `${pending.length} pending migrations` })
})

const rollbackFlags = {
  to: Flag.optional(
    wholeNumberFlag("to", 0, 9999).pipe(
      Flag.withDescription("Number of the last migration to keep; 0 undoes all. Without it only the last one is undone")
    )
  ),
  force: Flag.Boolean("force").pipe(
    Flag.withDescription("Undo migrations even if data are lost"),
    Flag.withDefault(false)
  )
}

const rollback = Effect.fnUntraced(function* (
  { DATABASE_RLS }: Config.Config,
  { force, to }: { readonly force: boolean; readonly to: Option.Option<number> }
) {
  const undone = yield* withLockRetries(
    Rollback.rollback({ force, to: Option.getOrUndefined(to) }).pipe(
      Effect.tap(RowSecurity.apply(DATABASE_RLS === "on"))
    )
  )
  yield* Console.log(undone.length === 0 ? "no migration to undo" : undone.map((name) => `undid ${name}`).join("\n"))
})

export const migrate = Command.make("migrate", {}, () => withMigrationDatabase(apply)).pipe(
  Command.withDescription("Apply pending migrations and change row-level security to match DATABASE_RLS"),
  Command.withSubcommands([
    Command.make("status", {}, () => withMigrationDatabase(() => status)).pipe(
      Command.withDescription("List the migrations; exit with 1 if any is pending")
    ),
    Command.make("rollback", rollbackFlags, (flags) => withMigrationDatabase((config) => rollback(config, flags))).pipe(
      Command.withDescription("Undo the last migration, or those after --to; refuse if data would be lost")
    )
  ])
)
