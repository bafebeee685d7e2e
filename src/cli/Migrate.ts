import { Console, Data, Effect } from "effect"
import { Command } from "effect/cli"
import * as Config from "../config/Config.ts"
import * as Migrations from "../database/Migrations.ts"
import * as RowSecurity from "../database/RowSecurity.ts"
import * as AppLayers from "./AppLayers.ts"

export class MigrationsPending extends Data.TaggedError("MigrationsPending")<{ readonly message: string }> {}

const onDatabase = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Config.ofProcess, (settings) =>
    effect.pipe(AppLayers.withMigrationClient(settings), Effect.provide(AppLayers.databaseLayer(settings)))
  )

/** Applies what is pending, brings row level security in line with its setting, and tells what was done. */
export const migrateAndApplyRls = Effect.fnUntraced(function* ({ DATABASE_RLS }: Config.Config) {
  const applied = yield* Migrations.apply
  const aligned = yield* RowSecurity.apply(DATABASE_RLS === "on")
  return [
    ...applied.map((name) => `applied ${name}`),
    ...aligned.map((table) => `row level security is ${DATABASE_RLS} for ${table}`)
  ]
})

const apply = Effect.gen(function* () {
  const done = yield* migrateAndApplyRls(yield* Config.ofProcess)
  yield* Console.log(done.length === 0 ? "nothing to apply" : done.join("\n"))
})

const status = Effect.gen(function* () {
  const { applied, pending } = yield* Migrations.status
  for (const name of applied) yield* Console.log(`applied ${name}`)
  for (const name of pending) yield* Console.log(`pending ${name}`)
  if (pending.length > 0) return yield* new MigrationsPending({ message: `${pending.length} pending` })
})

export const migrate = Command.make("migrate", {}, () => onDatabase(apply)).pipe(
  Command.withDescription("Apply the pending migrations"),
  Command.withSubcommands([
    Command.make("status", {}, () => onDatabase(status)).pipe(
      Command.withDescription("List the migrations; exit 1 when one is pending")
    )
  ])
)
