import { Console, Data, Effect } from "effect"
import { Command } from "effect/cli"
import * as Migrations from "../platform/Migrations.ts"
import * as Settings from "../platform/Settings.ts"
import * as Choices from "./Choices.ts"

export class MigrationsPending extends Data.TaggedError("MigrationsPending")<{ readonly message: string }> {}

const onDatabase = <A, E, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.flatMap(Settings.ofProcess, (settings) =>
    effect.pipe(Choices.withMigrationClient(settings), Effect.provide(Choices.databaseLayer(settings)))
  )

const apply = Effect.gen(function* () {
  const applied = yield* Migrations.apply
  yield* Console.log(applied.length === 0 ? "nothing to apply" : applied.map((name) => `applied ${name}`).join("\n"))
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
