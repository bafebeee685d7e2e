import { Effect, Schedule } from "effect"
import { SqlClient, SqlError } from "effect/sql"

// A statement that waits for a lock also delays every later statement on the table, that is, all requests.
const lockTimeout = "2s"
const pause = "5 seconds"
const attempts = 60

/** Any number that no other program uses for advisory locks of this database. */
const migrationLock = 7_384_201_955

interface Session {
  readonly pid: number
  readonly role: string | null
  readonly application: string | null
  /** Only superusers and members of its role may know. */
  readonly seconds: number | null
}

/** Other sessions that hold locks on our tables, the longest transaction first. */
const blockingSessions = Effect.flatMap(
  SqlClient.SqlClient,
  (sql) => sql<Session>`
    select pid, usename as role, nullif(application_name, '') as application,
      extract(epoch from now() - xact_start)::int as seconds
    from pg_stat_activity
    where pid <> pg_backend_pid() and pid in (
      select pg_locks.pid from pg_locks join pg_class on pg_class.oid = pg_locks.relation
      where pg_locks.granted and relnamespace = current_schema()::regnamespace and relkind in ('r', 'p')
    )
    order by xact_start
    limit 3
  `
)

const describe = ({ application, pid, role, seconds }: Session) => {
  const duration = seconds === null ? null : `in a transaction for ${seconds} s`
  return `process ${pid} (${[role, application, duration].filter((text) => text !== null).join(", ")})`
}

const isLockTimeout = (error: unknown): boolean => {
  if (SqlError.isSqlError(error)) return error.reason._tag === "LockTimeoutError"
  return error instanceof Error && error.cause !== undefined && isLockTimeout(error.cause)
}

const logBlockers = blockingSessions.pipe(
  Effect.flatMap((sessions) =>
    Effect.logWarning(
      `migrations wait for locks of ${sessions.map(describe).join("; ") || "a session that has ended"}, next attempt in ${pause}`
    )
  ),
  Effect.ignore
)

/**
 * Runs changes of the schema in one transaction, one process at a time. The transaction waits at most two seconds for
 * each lock on a table. After a timeout it is rolled back, the blocking sessions are logged, and it is attempted again
 * for about five minutes.
 */
export const withLockRetries = <A, E, R>(changes: Effect.Effect<A, E, R>) =>
  Effect.flatMap(SqlClient.SqlClient, (sql) =>
    Effect.gen(function* () {
      yield* sql`select set_config('lock_timeout', '0', true)`
      // Delays no request, so it may last as long as the other process needs.
      yield* sql`select pg_advisory_xact_lock(${migrationLock})`
      yield* sql`select set_config('lock_timeout', ${lockTimeout}, true)`
      return yield* changes
    }).pipe(
      sql.withTransaction,
      Effect.tapError((error) => (isLockTimeout(error) ? logBlockers : Effect.void)),
      Effect.retry({ while: isLockTimeout, times: attempts, schedule: Schedule.spaced(pause) })
    )
  )
