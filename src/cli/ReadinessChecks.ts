import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { Auth } from "../auth/Auth.ts"
import type * as Config from "../config/Config.ts"
import { withTimeout } from "../database/Database.ts"
import * as Migrations from "../database/Migrations.ts"
import * as RowSecurity from "../database/RowSecurity.ts"
import { Readiness } from "../server/Readiness.ts"

// A probe waits a second or two; silence within one is an answer.
const ask = <A, E, R>(question: Effect.Effect<A, E, R>, otherwise: string) =>
  withTimeout(1000, question).pipe(
    Effect.catchDefect(() => Effect.fail(otherwise)),
    Effect.mapError(() => otherwise)
  )

/** What must be there before requests are sent here. */
export const readinessLayer = (settings: Config.Config) =>
  Readiness.layer<SqlClient.SqlClient | Auth>({
    database: Effect.flatMap(SqlClient.SqlClient, (sql) => ask(sql`select 1`, "the database does not answer")),
    migrations: Effect.flatMap(ask(Migrations.status, "the migrations cannot be compared"), ({ pending }) =>
      pending.length === 0 ? Effect.void : Effect.fail(`pending: ${pending.join(", ")}`)
    ),
    row_security: Effect.flatMap(
      ask(RowSecurity.check(settings.DATABASE_RLS === "on"), "row level security cannot be compared"),
      (faults) => (faults.length === 0 ? Effect.void : Effect.fail(faults.join("; ")))
    ),
    keys: Effect.flatMap(Auth, ({ ready }) => ask(ready, "the keys of the tokens' issuer are not there"))
  })
