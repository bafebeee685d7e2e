import { randomBytes } from "node:crypto"
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { Context, Effect, Layer, Redacted, Scope } from "effect"
import { SqlClient } from "effect/sql"
import { inject } from "vitest"
import * as Config from "../../src/config/Config.ts"
import * as Migrations from "../../src/database/Migrations.ts"
import * as Pglite from "../../src/database/Pglite.ts"
import * as PostgresDatabase from "../../src/database/PostgresDatabase.ts"
import * as RowSecurity from "../../src/database/RowSecurity.ts"
import type {} from "./globalSetup.ts"
import * as PostgresServer from "./PostgresServer.ts"
import * as Roles from "./Roles.ts"
import { shared } from "./Shared.ts"
import { temporary } from "./Temporary.ts"

/** The default settings, with a small pool. */
export const settings = Effect.runSync(Config.read({ DATABASE_POOL_MAX: "4" }))

/** The URL of a fresh copy of the migrated template, dropped with the scope. */
export const make = Effect.suspend(() => {
  const { url, template } = inject("postgres")
  return PostgresServer.createDatabase(url, template)
})

/** The URL of a fresh database with nothing in it, dropped with the scope. */
export const makeEmpty = Effect.suspend(() => PostgresServer.createDatabase(inject("postgres").url))

/** The database as a role that row-level security does not restrict, for changes that a test makes itself. */
export class AdminSql extends Context.Service<AdminSql, SqlClient.SqlClient>()("test/support/AdminSql") {
  /** For a service whose own role is not restricted. */
  static readonly layerSame = Layer.effect(AdminSql, SqlClient.SqlClient)
}

/** The service's own pool on a fresh, migrated database of a real server. */
export const layerPg = Layer.unwrap(
  Effect.map(make, (url) => PostgresDatabase.layer(settings, Redacted.make(url)))
).pipe((pool) => Layer.provideMerge(AdminSql.layerSame, pool), Layer.orDie)

/** A directory that is removed with the scope. */
export const directory = Effect.acquireRelease(
  Effect.promise(() => mkdtemp(join(temporary, "effect-tasks-"))),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

const openEmbedded = (path: string) =>
  Effect.map(Pglite.open(path), (stream) => PostgresDatabase.layerStream(settings, stream))

const migrateEmbedded = (path: string) =>
  Migrations.apply.pipe(Effect.provide(Layer.unwrap(openEmbedded(path))), Effect.runPromise)

/** The directory of a fresh, migrated embedded database. PGlite takes seconds to make one, a copy far less. */
export const makeEmbedded = Effect.gen(function* () {
  const path = yield* directory
  yield* Effect.promise(async () => cp(await shared("pglite", migrateEmbedded), path, { recursive: true }))
  return path
})

/** The service's own embedded database, fresh and migrated. */
export const layerEmbedded = Layer.unwrap(Effect.flatMap(makeEmbedded, openEmbedded)).pipe(
  (database) => Layer.provideMerge(AdminSql.layerSame, database),
  Layer.orDie
)

/** Both databases must behave alike. */
export const databases = [
  ["PostgreSQL", layerPg],
  ["PGlite", layerEmbedded]
] as const

/** The URLs of the roles of deploy/roles.sql on a fresh database with row-level security, dropped with the scope. */
export const makeWithRls = Effect.gen(function* () {
  const suffix = randomBytes(8).toString("hex")
  const [owner, service] = [`owner_${suffix}`, `service_${suffix}`]
  // After the database, because they own it.
  yield* Effect.addFinalizer(() =>
    Effect.ignore(
      PostgresServer.administer(inject("postgres").url, (sql) => sql.unsafe(`drop role ${owner}, ${service}`))
    )
  )
  const superuser = yield* makeEmpty
  const roles = yield* Roles.createRoles(
    superuser,
    { database: new URL(superuser).pathname.slice(1), owner, service },
    (url) =>
      Effect.andThen(Migrations.apply, RowSecurity.apply(true)).pipe(
        Effect.provide(PostgresDatabase.layerDirect(settings, Redacted.make(url)))
      )
  )
  return { superuser, ...roles }
})

// The server belongs to the run, so that nothing has to be removed.
const makeTemplateWithRls = (folder: string) =>
  Effect.gen(function* () {
    const { service, superuser } = yield* makeWithRls
    const template = new URL(superuser).pathname.slice(1)
    yield* PostgresServer.administer(
      inject("postgres").url,
      (sql) => sql`alter database ${sql(template)} allow_connections false`
    )
    yield* Effect.promise(() => writeFile(join(folder, "database.json"), JSON.stringify({ template, service })))
  }).pipe(Scope.provide(Scope.makeUnsafe()), Effect.runPromise)

/** The URLs of the superuser and of the service's role on a fresh copy of a database with row-level security. */
const copyWithRls = Effect.gen(function* () {
  const file = yield* Effect.promise(async () =>
    readFile(join(await shared("row-level-security", makeTemplateWithRls), "database.json"), "utf8")
  )
  const { service, template } = JSON.parse(file)
  const superuser = yield* PostgresServer.createDatabase(inject("postgres").url, template)
  return { superuser, service: Object.assign(new URL(service), { pathname: new URL(superuser).pathname }).href }
})

/** The service's own pool, as the role that owns nothing, with row-level security. */
export const layerWithRls = Layer.unwrap(
  Effect.map(copyWithRls, ({ service, superuser }) =>
    Layer.merge(
      PostgresDatabase.layer({ ...settings, DATABASE_RLS: "on" }, Redacted.make(service)),
      Layer.provide(AdminSql.layerSame, PostgresDatabase.layerDirect(settings, Redacted.make(superuser)))
    )
  )
).pipe(Layer.orDie)

/** The role of TEST_DATABASE_URL may lack the privilege to create roles. */
export const all = process.env.TEST_DATABASE_URL
  ? databases
  : ([...databases, ["PostgreSQL under row level security", layerWithRls]] as const)
