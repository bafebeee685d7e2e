import { Context, Effect, Layer } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import type { UserId } from "../domain/User.ts"
import { runQuery } from "./QueryRunner.ts"

/**
 * The client, where row level security is in force: there a statement meets only the rows of the user whom its
 * transaction names. Where there is none, nothing is named and no transaction begun for it.
 */
export const RowLevelSecurity = Context.Reference<SqlClient.SqlClient | undefined>("tasks/repositories/Wall", {
  defaultValue: () => undefined
})

export const layer = Layer.effect(RowLevelSecurity, SqlClient.SqlClient)

/** Whom the transaction at hand has named. */
const Named = Context.Reference<UserId | undefined>("tasks/repositories/Wall/Named", { defaultValue: () => undefined })

/** A transaction of one user. The name ends with it: whoever gets the connection next finds none. */
export const userTransaction =
  (sql: SqlClient.SqlClient, owner: UserId) =>
  <A, E, R>(work: Effect.Effect<A, E, R>): Effect.Effect<A, E | SqlError.SqlError, R> =>
    Effect.withFiber((fiber) => {
      if (fiber.getRef(RowLevelSecurity) === undefined || fiber.getRef(Named) === owner)
        return sql.withTransaction(work)
      const name = sql`select set_config('tasks.user_id', ${owner}, true)`
      return sql.withTransaction(Effect.andThen(name, Effect.provideService(work, Named, owner)))
    })

/** What the database answers to a statement about the rows of one user. */
export const runAsUser =
  (owner: UserId) =>
  <A, E, R>(statement: Effect.Effect<A, E, R>) =>
    Effect.withFiber((fiber) => {
      const sql = fiber.getRef(RowLevelSecurity)
      return runQuery(
        sql === undefined || fiber.getRef(Named) === owner ? statement : userTransaction(sql, owner)(statement)
      )
    })

/** What the database answers to a statement that removes what was kept long enough, whoever has it. */
export const runMaintenance = <A, E, R>(statement: Effect.Effect<A, E, R>) =>
  Effect.withFiber((fiber) => {
    const sql = fiber.getRef(RowLevelSecurity)
    if (sql === undefined) return runQuery(statement)
    return runQuery(sql.withTransaction(Effect.andThen(sql`select set_config('tasks.purging', 'on', true)`, statement)))
  })
