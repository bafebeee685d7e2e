import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Predicate, type Scope } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient, type SqlConnection, SqlError } from "effect/sql"
import { Lane as Current } from "../repo/Database.ts"
import type { Lane } from "./Lane.ts"

/** How many statements are at work in each lane, and how many wait. */
export class Gates extends Context.Service<Gates, Readonly<Record<"quick" | "slow", Readonly<Lane["gate"]>>>>()(
  "tasks/platform/Gates"
) {}

/** A commit of what has failed before is answered as if nothing were wrong. */
const commit = (connection: SqlConnection.Connection) =>
  Effect.flatMap(connection.executeRaw("COMMIT", []), (result) =>
    Predicate.hasProperty(result, "command") && result.command === "ROLLBACK"
      ? new SqlError.SqlError({
          reason: new SqlError.UnknownError({
            cause: result,
            message: "the transaction was rolled back",
            operation: "commit"
          })
        })
      : Effect.void
  )

/** One client. Each statement and each transaction takes a connection from the lane that it is on. */
export const layer = <E>(lanes: Effect.Effect<Readonly<Record<"quick" | "slow", Lane>>, E, Scope.Scope>) =>
  Layer.effectContext(
    Effect.gen(function* () {
      const { quick, slow } = yield* lanes
      const current = Effect.map(Current, (lane) => (lane === "quick" ? quick : slow))
      const client = yield* SqlClient.make({
        acquirer: Effect.flatMap(current, ({ get }) => get),
        borrower: (f) => Effect.flatMap(current, ({ use }) => use(f)),
        transactionAcquirer: Effect.flatMap(current, ({ reserve }) => reserve),
        commit,
        releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
        prepareTransactionControls: true,
        compiler: PgClient.makeCompiler(),
        driver: "pg",
        spanAttributes: [["db.system.name", "postgresql"]]
      })
      return Context.make(SqlClient.SqlClient, client).pipe(Context.add(Gates, { quick: quick.gate, slow: slow.gate }))
    })
  ).pipe(Layer.provide(Reactivity.layer))
