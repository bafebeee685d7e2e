import { execFile } from "node:child_process"
import { tmpdir } from "node:os"
import { promisify } from "node:util"
import { PgClient } from "@effect/sql-pg"
import { Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import * as LargeDataset from "../test/support/LargeDataset.ts"
import * as PostgresServer from "../test/support/PostgresServer.ts"
import { service } from "./contestants.ts"
import { leaveServerCore } from "./machine.ts"
import type { Field, Target } from "./workloads.ts"

// What is acknowledged is on the disk. Nobody tidies up during a run: that is done between runs.
const settings = {
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  autovacuum: "off",
  shared_buffers: "1GB",
  maintenance_work_mem: "192MB",
  max_wal_size: "8GB",
  timezone: "UTC"
}

const migrate = (url: string) => {
  const [node = "", ...args] = service.command.slice(0, -1)
  return Effect.promise(() =>
    promisify(execFile)(node, [...args, "migrate"], {
      cwd: tmpdir(),
      env: { PATH: process.env.PATH, DATABASE_URL: url }
    })
  )
}

/** Requests are for some of the tasks, in no order. Where those are noted is no part of the service's schema. */
const draw = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`create schema bench`
  yield* sql`
    create table bench.target as
    select row_number() over (order by md5(id::text)) as n, user_id, id, lower(split_part(title, ' ', 1)) as word
    from task where deleted_at is null order by 1 limit 50000
  `
  yield* sql`create table bench.beginning as select now() as at`
})

/** A database on the disk, filled, and a client of it. All that is started later keeps off the server's core. */
export const open = Effect.fnUntraced(function* (size: LargeDataset.Size) {
  const server = yield* PostgresServer.start({ durable: true, settings })
  yield* migrate(server.url)
  const client = PgClient.layer({ url: Redacted.make(server.url), maxConnections: 2 })
  yield* Effect.andThen(LargeDataset.fill(size), draw).pipe(Effect.provide(client))
  yield* Effect.sync(leaveServerCore)
  yield* server.restart
  return { url: server.url, client: yield* Layer.build(client), size }
})
export type Arena = Effect.Success<ReturnType<typeof open>>

export const versionOf = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ server_version: string }>`show server_version`
  return row?.server_version ?? "unknown"
})

export const users = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const rows = yield* sql<{ user_id: string }>`select distinct user_id from task`
  return rows.map(({ user_id }) => user_id)
})

/** What there is to ask for now. */
export const field = Effect.fnUntraced(function* ({ big }: LargeDataset.Size) {
  const sql = yield* SqlClient.SqlClient
  const targets = yield* sql<Target>`
    select user_id, id, version, word from bench.target join task using (user_id, id) order by n
  `
  const [deep] = yield* sql<Field["deep"]>`
    select to_char(created_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as key, id from task
    where user_id = ${LargeDataset.big} and deleted_at is null
    order by created_at desc, id desc limit 1 offset ${Math.round(0.9 * big)}
  `
  if (deep === undefined) return yield* Effect.die(new Error("The deep page is behind the end of the list"))
  return { targets, deep } satisfies Field
})

/** Takes away what a run has added, and what it left to tidy up, so that the next one finds what this one found. */
export const restore = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`delete from task where created_at >= (select at from bench.beginning)`
  yield* sql`update task set deleted_at = null where deleted_at >= (select at from bench.beginning)`
  yield* sql`vacuum task`
  yield* sql`checkpoint`
})
