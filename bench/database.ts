import { execFile } from "node:child_process"
import { tmpdir } from "node:os"
import { promisify } from "node:util"
import { PgClient } from "@effect/sql-pg"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import * as LargeDataset from "../test/support/LargeDataset.ts"
import * as PostgresServer from "../test/support/PostgresServer.ts"
import * as Roles from "../test/support/Roles.ts"
import { type Implementation, service } from "./implementations.ts"
import { leaveServerCore } from "./machine.ts"
import { makeRequests, type Request, type Task, type Workload } from "./workloads.ts"

export interface Database {
  /** Environment variables of a server on this database. */
  readonly environment: Readonly<Record<string, string>>
  readonly targets: ReadonlyArray<Task>
  readonly nextRequest: (workload: Workload) => Request
  readonly users: ReadonlyArray<string>
  /** Deletes the tasks that were created after the start and vacuums, so that each workload finds the same tables. */
  readonly restore: Effect.Effect<void>
}

// Autovacuum would run during some turns and not during others.
const settings = {
  autovacuum: "off",
  shared_buffers: "1GB",
  maintenance_work_mem: "192MB",
  max_wal_size: "8GB",
  timezone: "UTC"
}

/** Starts PostgreSQL, with durable writes, on the cores that the servers do not use. */
export const start = Effect.gen(function* () {
  leaveServerCore()
  return (yield* PostgresServer.start({ durable: true, settings })).url
})

const migrate = ({ command }: Implementation, environment: Readonly<Record<string, string>>) => {
  const [file = "", ...args] = command.slice(0, -1)
  const env = { PATH: process.env.PATH, ...environment }
  return Effect.promise(() => promisify(execFile)(file, [...args, "migrate"], { cwd: tmpdir(), env }))
}

const create = Effect.fnUntraced(function* (serverUrl: string, name: string) {
  yield* PostgresServer.administer(serverUrl, (sql) => sql`create database ${sql(name)}`)
  return Object.assign(new URL(serverUrl), { pathname: `/${name}` }).href
})

/** An empty database, migrated by the implementation that will use it. */
export const empty = Effect.fnUntraced(function* (serverUrl: string, implementation: Implementation, name: string) {
  const DATABASE_URL = yield* create(serverUrl, name)
  yield* migrate(implementation, { DATABASE_URL })
  return { DATABASE_URL }
})

const fill = (url: string, tasks: number, environment: Database["environment"]) => {
  const client = PgClient.layer({ url: Redacted.make(url), maxConnections: 2 })
  return Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    yield* LargeDataset.fill({ tasks, big: tasks / 10 })
    const targets = yield* sql<Task>`
      select user_id, id, version from task where deleted_at is null order by md5(id::text) limit 50000
    `
    const [row] = yield* sql<{ now: Date }>`select now()`
    return {
      environment,
      targets,
      nextRequest: makeRequests(targets),
      users: [...new Set(targets.map(({ user_id }) => user_id))],
      restore: Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        yield* sql`delete from task where created_at >= ${row?.now ?? null}`
        // Also the counters and the records of deletions, which PostgreSQL would plan for as if they were empty.
        yield* sql`vacuum analyze`
        yield* sql`checkpoint`
      }).pipe(Effect.provide(client), Effect.orDie)
    } satisfies Database
  }).pipe(Effect.provide(client), Effect.orDie)
}

/** A database with the tasks of a thousand users, one of which has a tenth of them. Servers connect as superuser. */
export const filled = Effect.fnUntraced(function* (serverUrl: string, tasks: number) {
  const environment = yield* empty(serverUrl, service, "tasks")
  return yield* fill(environment.DATABASE_URL, tasks, environment)
})

/** The same with row-level security. The service connects as a role to which it applies. */
export const filledWithRls = Effect.fnUntraced(function* (serverUrl: string, tasks: number) {
  const url = yield* create(serverUrl, "tasks_rls")
  const roles = yield* Roles.createRoles(url, { ...Roles.scriptNames, database: "tasks_rls" }, (owner) =>
    migrate(service, { DATABASE_URL: owner, DATABASE_RLS: "on" })
  )
  return yield* fill(url, tasks, { DATABASE_URL: roles.service, DATABASE_RLS: "on", MIGRATE_ON_START: "false" })
})

/** While the scope lasts, new connections to the database of `filled` do not wait for the disk when they commit. */
export const withoutDurability = (serverUrl: string) => {
  const alter = (value: "off" | "on") => {
    const statement = `alter database tasks set synchronous_commit to ${value}`
    return Effect.orDie(PostgresServer.administer(serverUrl, (sql) => sql.unsafe(statement)))
  }
  return Effect.acquireRelease(alter("off"), () => alter("on"))
}
