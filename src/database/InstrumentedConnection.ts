import type { PgConnection } from "@effect/sql-pg"
import { Effect } from "effect"
import type { SqlConnection } from "effect/sql"

/** A connection as statements see it. It tells when one of them goes out, so that what never comes back is noticed. */
export class Session implements SqlConnection.Connection {
  private readonly connection: PgConnection.PgConnection
  private readonly onSent: () => void

  constructor(connection: PgConnection.PgConnection, onSent: () => void) {
    this.connection = connection
    this.onSent = onSent
  }

  executeRaw(sql: string, params: ReadonlyArray<unknown>, prepare = true) {
    this.onSent()
    return this.connection.query(sql, params, prepare)
  }

  execute(sql: string, params: ReadonlyArray<unknown>) {
    return Effect.map(this.executeRaw(sql, params), ({ rows }) => rows)
  }

  executeUnprepared(sql: string, params: ReadonlyArray<unknown>) {
    return Effect.map(this.executeRaw(sql, params, false), ({ rows }) => rows)
  }

  executeValues(sql: string, params: ReadonlyArray<unknown>, prepare = true) {
    this.onSent()
    return this.connection.queryValues(sql, params, prepare)
  }

  executeValuesUnprepared(sql: string, params: ReadonlyArray<unknown>) {
    return this.executeValues(sql, params, false)
  }

  executeStream(sql: string, params: ReadonlyArray<unknown>) {
    this.onSent()
    return this.connection.stream(sql, params)
  }
}
