import { Clock, Effect } from "effect"
import { SqlClient } from "effect/sql"
import { Auth } from "../auth/Auth.ts"
import { clockTolerance } from "../auth/JwtValidation.ts"
import type { Config } from "../config/Config.ts"
import * as Database from "../database/Database.ts"
import * as Migrations from "../database/Migrations.ts"
import * as RowSecurity from "../database/RowSecurity.ts"
import { CheckFailed, Readiness, WrongSchema } from "../server/Readiness.ts"
import { rolePrivileges } from "./RolePrivileges.ts"

// Orchestrators wait one to two seconds for a probe.
const withTimeout = <A, E, R>(check: Effect.Effect<A, E, R>, reason: string) =>
  Effect.catchCause(Database.withTimeout(1000, check), (cause) => Effect.fail(new CheckFailed({ reason, cause })))

const failIf = (isFailing: boolean, reason: string) => (isFailing ? Effect.fail(reason) : Effect.void)

const wrongIf = (isWrong: boolean, reason: string) => (isWrong ? Effect.fail(new WrongSchema({ reason })) : Effect.void)

/** The difference between the clocks in seconds, and whether the database accepts writes: a standby does not. */
export const databaseState = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ now: number; is_read_only: boolean }>`
    select (extract(epoch from now()) * 1000)::float8 as now,
      current_setting('transaction_read_only')::bool as is_read_only
  `
  const skew = Math.round(Math.abs((row?.now ?? 0) - (yield* Clock.currentTimeMillis)) / 1000)
  return { skew, isReadOnly: row?.is_read_only === true }
})

export const readOnly = "the database is read-only: it is a standby, or its disk is full"

/** The `SqlClient` is a connection of its own, so that checks neither wait for requests nor delay them. */
export const readinessLayer = ({ DATABASE_RLS }: Config) =>
  Readiness.layer<SqlClient.SqlClient | Auth>(
    {
      database: Effect.flatMap(withTimeout(databaseState, "the database does not respond"), ({ isReadOnly, skew }) =>
        isReadOnly
          ? Effect.fail(readOnly)
          : failIf(skew > clockTolerance, `the clocks of the database and of the service differ by ${skew} s`)
      ),
      migrations: Effect.flatMap(withTimeout(Migrations.status, "the migrations cannot be read"), ({ pending }) =>
        wrongIf(pending.length > 0, `pending: ${pending.join(", ")}`)
      ),
      row_security: Effect.flatMap(
        withTimeout(RowSecurity.check(DATABASE_RLS === "on"), "row-level security cannot be read"),
        (errors) => wrongIf(errors.length > 0, errors.join("; "))
      ),
      privileges: Effect.flatMap(withTimeout(rolePrivileges, "the privileges cannot be read"), ({ missing }) =>
        failIf(missing.length > 0, `the role lacks ${missing.join("; ")}`)
      ),
      keys: Effect.flatMap(Auth, ({ ready }) => Effect.mapError(ready, ({ message }) => message))
    },
    ["migrations", "row_security"]
  )
