import { PgClient } from "@effect/sql-pg"
import { Context, Effect, Layer, Predicate, type Scope, Stream } from "effect"
import { Reactivity } from "effect/reactivity"
import { SqlClient, type SqlConnection, SqlError } from "effect/sql"
import { Lane as Current } from "../repositories/QueryRunner.ts"
import type { Lane } from "./ConnectionPool.ts"

export type Name = "reads" | "writes" | "slow"

/** How many statements are at work in each lane, and how many wait. */
export class Gates extends Context.Service<Gates, Readonly<Record<Name, Readonly<Lane["gate"]>>>>()(
  "tasks/database/Gates"
) {}

/** What only reads waits for nobody's lock, and so holds up no other for longer than it takes. */
const onlyReads = (sql: string) => /^\s*select\b/i.test(sql)

/** Each statement goes out on the lane that is for its kind. */
const statementsOn = (laneFor: (sql: string) => Effect.Effect<Lane>): SqlConnection.Connection => {
  const on = <A>(
    sql: string,
    f: (connection: SqlConnection.Connection) => Effect.Effect<A, SqlError.SqlError>
  ): Effect.Effect<A, SqlError.SqlError> => Effect.flatMap(laneFor(sql), (lane) => lane.use(f))
  return {
    execute: (sql, params) => on(sql, (session) => session.execute(sql, params, undefined)),
    executeRaw: (sql, params) => on(sql, (session) => session.executeRaw(sql, params)),
    executeUnprepared: (sql, params) => on(sql, (session) => session.executeUnprepared(sql, params, undefined)),
    executeValues: (sql, params) => on(sql, (session) => session.executeValues(sql, params)),
    executeValuesUnprepared: (sql, params) => on(sql, (session) => session.executeValuesUnprepared(sql, params)),
    executeStream: (sql, params) =>
      Stream.unwrap(
        Effect.flatMap(laneFor(sql), ({ get }) => Effect.map(get, (session) => session.executeStream(sql, params)))
      )
  }
}

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
export const layer = <E>(lanes: Effect.Effect<Readonly<Record<Name, Lane>>, E, Scope.Scope>) =>
  Layer.effectContext(
    Effect.gen(function* () {
      const { reads, slow, writes } = yield* lanes
      const statements = statementsOn((sql) =>
        Effect.map(Current, (lane) => (lane === "slow" ? slow : onlyReads(sql) ? reads : writes))
      )
      const client = yield* SqlClient.make({
        acquirer: Effect.succeed(statements),
        borrower: (f) => f(statements),
        transactionAcquirer: Effect.flatMap(Current, (lane) => (lane === "slow" ? slow : writes).reserve),
        commit,
        releaseSavepoint: (name) => `RELEASE SAVEPOINT ${name}`,
        prepareTransactionControls: true,
        compiler: PgClient.makeCompiler(),
        driver: "pg",
        spanAttributes: [["db.system.name", "postgresql"]]
      })
      return Context.make(SqlClient.SqlClient, client).pipe(
        Context.add(Gates, { reads: reads.gate, writes: writes.gate, slow: slow.gate })
      )
    })
  ).pipe(Layer.provide(Reactivity.layer))
