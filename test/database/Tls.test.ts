import { appendFile, chmod, chown, copyFile, readFile, writeFile } from "node:fs/promises"
import { createServer } from "node:net"
import { join } from "node:path"
import { assert, describe, layer } from "@effect/vitest"
import { Context, Duration, Effect, Layer, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { Database } from "../../src/database/Database.ts"
import * as PostgresDatabase from "../../src/database/PostgresDatabase.ts"
import type { UserId } from "../../src/domain/User.ts"
import { hasOpenssl, makeCertificates } from "../support/Certificates.ts"
import * as Loopback from "../support/Loopback.ts"
import { serverUser } from "../support/PostgresBinaries.ts"
import * as PostgresServer from "../support/PostgresServer.ts"
import * as Process from "../support/Process.ts"
import * as TestDatabase from "../support/TestDatabase.ts"
import * as TestServer from "../support/TestServer.ts"

/** A server with TLS whose certificate names `localhost`. */
class Server extends Context.Service<
  Server,
  { readonly url: URL; readonly port: number; readonly certificates: string; readonly socketFolder: string }
>()("test/TlsServer") {
  static readonly layer = Layer.effect(
    Server,
    Effect.gen(function* () {
      const certificates = yield* TestDatabase.directory
      const socketFolder = yield* TestDatabase.directory
      yield* Effect.promise(() => chmod(socketFolder, 0o777))
      yield* Effect.promise(() => makeCertificates(certificates, "authority", ["localhost", "ada"]))
      yield* Effect.promise(() => makeCertificates(certificates, "untrusted", []))
      const server = yield* TestServer.start({
        settings: { unix_socket_directories: socketFolder, listen_addresses: "127.0.0.1,127.0.0.2" }
      })
      const data = join(server.directory, "data")
      yield* Effect.promise(async () => {
        for (const [from, to] of [
          ["localhost.crt", "server.crt"],
          ["localhost.key", "server.key"],
          ["authority.crt", "root.crt"]
        ] as const) {
          await copyFile(join(certificates, from), join(data, to))
          if (serverUser !== undefined) await chown(join(data, to), serverUser.uid, serverUser.gid)
        }
        const rules = await readFile(join(data, "pg_hba.conf"), "utf8")
        await writeFile(
          join(data, "pg_hba.conf"),
          "hostssl all ada 127.0.0.1/32 cert\nhostnossl all bob 127.0.0.1/32 reject\n"
        )
        await appendFile(join(data, "pg_hba.conf"), `${rules}\nhost all all 127.0.0.0/8 scram-sha-256\n`)
      })
      for (const statement of [
        "alter system set ssl = on",
        "alter system set ssl_ca_file = 'root.crt'",
        "create role ada login"
      ]) {
        yield* PostgresServer.administer(server.url, (sql) => sql.unsafe(statement))
      }
      yield* server.restart
      return { url: new URL(server.url), port: server.port, certificates, socketFolder }
    })
  )
}

interface Session {
  readonly ssl: boolean
  readonly client: string | null
  readonly application: string
  readonly work_mem: string
}

/** What the server says about a session, asked over each kind of connection. */
const sessionOver = (url: string) =>
  Effect.gen(function* () {
    const text = `select ssl, client_dn as client, current_setting('application_name') as application,
      current_setting('work_mem') as work_mem from pg_stat_ssl where pid = pg_backend_pid() and $1 <> ''`
    const sql = yield* SqlClient.SqlClient
    const [exclusive] = yield* sql.unsafe<Session>(text, ["ada"])
    const [shared] = yield* (yield* Database).query<Session>("ada" as UserId, text)
    assert.deepStrictEqual(exclusive, shared)
    return exclusive
  }).pipe(Effect.provide(PostgresDatabase.layer(TestDatabase.settings, Redacted.make(url))), Effect.scoped)

const messageOf = (url: string) =>
  Effect.map(Effect.flip(sessionOver(url)), (error) => JSON.stringify(error.reason.cause, ["code", "message"]) + error)

describe.runIf(hasOpenssl && PostgresServer.isAvailable)("The connection to PostgreSQL", () => {
  layer(Server.layer, { excludeTestServices: true, timeout: Process.timeout })((it) => {
    const urlWith = (query: string, host = "localhost") =>
      Effect.map(Server, ({ certificates, url }) => {
        const text = `${url.protocol}//${url.username}:${url.password}@${host}:${url.port}${url.pathname}?${query}`
        return text.replaceAll("$", `${certificates}/`)
      })

    it.effect.each([
      ["sslmode=disable", "localhost", false],
      ["sslmode=prefer", "localhost", true],
      ["", "localhost", true],
      ["sslmode=require", "localhost", true],
      ["sslmode=require&sslrootcert=$authority.crt", "127.0.0.1", true],
      ["sslmode=verify-ca&sslrootcert=$authority.crt", "127.0.0.1", true],
      ["sslmode=verify-full&sslrootcert=$authority.crt", "localhost", true]
    ] as const)("with %j to %s is encrypted: %s", ([query, host, isEncrypted]) =>
      Effect.gen(function* () {
        const session = yield* sessionOver(yield* urlWith(query, host))
        assert.strictEqual(session?.ssl, isEncrypted)
      })
    )

    it.effect.each([
      ["sslmode=require&sslrootcert=$untrusted.crt", "localhost", /unable to verify|self.signed/],
      ["sslmode=verify-ca&sslrootcert=$untrusted.crt", "localhost", /unable to verify|self.signed/],
      ["sslmode=verify-full&sslrootcert=$untrusted.crt", "localhost", /unable to verify|self.signed/],
      ["sslmode=verify-full", "localhost", /unable to verify|self.signed/],
      ["sslmode=verify-full&sslrootcert=system", "localhost", /unable to verify|self.signed/],
      ["sslmode=verify-full&sslrootcert=$authority.crt", "127.0.0.1", /does not match certificate/]
    ] as const)("with %j to %s is refused", ([query, host, expected]) =>
      Effect.gen(function* () {
        assert.match(yield* messageOf(yield* urlWith(query, host)), expected)
      })
    )

    it.effect("falls back to plaintext only with sslmode=prefer, if the server has no TLS", () =>
      Effect.gen(function* () {
        const server = yield* TestServer.start()
        assert.isFalse((yield* sessionOver(`${server.url}?sslmode=prefer`))?.ssl)
        assert.match(yield* messageOf(`${server.url}?sslmode=require`), /does not support TLS/)
      }).pipe(Effect.scoped)
    )

    it.effect("authenticates with a client certificate", () =>
      Effect.gen(function* () {
        const { port } = yield* Server
        const query = "sslmode=verify-full&sslrootcert=$authority.crt&sslcert=$ada.crt&sslkey=$ada.key&user=ada"
        const session = yield* sessionOver(yield* urlWith(query))
        assert.strictEqual(session?.client, "/CN=ada")
        assert.isAbove(port, 0)
      })
    )

    it.effect("tries the hosts of a list in their order", () =>
      Effect.gen(function* () {
        const { socketFolder, url } = yield* Server
        const { password, port } = url
        for (const target of [
          `postgres://postgres:${password}@localhost:1,localhost:${port}/postgres`,
          `postgres://postgres:${password}@/postgres?host=127.0.0.1,127.0.0.1&port=1,${port}`,
          `postgres://postgres:${password}@/postgres?host=/nowhere,localhost&port=${port}`,
          `postgres://postgres:${password}@/postgres?host=/nowhere,${socketFolder}&port=${port}`
        ]) {
          assert.isDefined(yield* sessionOver(target))
        }
      })
    )

    it.effect("uses with target_session_attrs only a server that accepts writes", () =>
      Effect.gen(function* () {
        const { url } = yield* Server
        const readOnly = yield* TestServer.start()
        yield* PostgresServer.administer(readOnly.url, (sql) =>
          Effect.all([
            sql.unsafe(`alter role postgres password '${url.password}'`),
            sql`alter system set default_transaction_read_only = on`,
            sql`select pg_reload_conf()`
          ])
        )
        const hosts = `127.0.0.1:${readOnly.port},127.0.0.1:${url.port}`
        const portWith = (hosts: string, query: string) =>
          Effect.gen(function* () {
            const sql = yield* SqlClient.SqlClient
            const [row] = yield* sql<{ port: string }>`select current_setting('port') as port`
            return Number(row?.port)
          }).pipe(
            Effect.provide(
              PostgresDatabase.layer(
                TestDatabase.settings,
                Redacted.make(`postgres://postgres:${url.password}@${hosts}/postgres?${query}`)
              )
            ),
            Effect.scoped
          )
        assert.strictEqual(yield* portWith(hosts, "target_session_attrs=any"), readOnly.port)
        assert.strictEqual(yield* portWith(hosts, "target_session_attrs=read-write"), Number(url.port))
        assert.strictEqual(yield* portWith(hosts, "target_session_attrs=primary"), Number(url.port))
        const alone = yield* Effect.flip(portWith(`127.0.0.1:${readOnly.port}`, "target_session_attrs=read-write"))
        assert.match(alone.message, /the server is read-only/)
      }).pipe(Effect.scoped)
    )

    it.effect("tries the next host after connect_timeout, which replaces DATABASE_CONNECT_TIMEOUT", () =>
      Effect.gen(function* () {
        const { url } = yield* Server
        const hosts = `127.0.0.1:${yield* Loopback.listen(createServer())},127.0.0.1:${url.port}`
        const target = `postgres://postgres:${url.password}@${hosts}/postgres?sslmode=disable&connect_timeout=1`
        const settings = { ...TestDatabase.settings, DATABASE_CONNECT_TIMEOUT: Duration.hours(1) }
        yield* Effect.flatMap(SqlClient.SqlClient, (sql) => sql`select 1`).pipe(
          Effect.provide(PostgresDatabase.layer(settings, Redacted.make(target))),
          Effect.scoped
        )
      }).pipe(Effect.scoped)
    )

    it.effect("passes options and application_name, and uses a Unix socket without TLS", () =>
      Effect.gen(function* () {
        const { socketFolder, url } = yield* Server
        const socket = `postgres://postgres:${url.password}@${encodeURIComponent(socketFolder)}:${url.port}/postgres`
        assert.deepStrictEqual(
          { ...(yield* sessionOver(`${socket}?options=-c%20work_mem%3D1MB&application_name=a%20b`)) },
          {
            ssl: false,
            client: null,
            application: "a b",
            work_mem: "1MB"
          }
        )
        assert.strictEqual((yield* sessionOver(socket))?.application, "effect-tasks")
      })
    )

    it.effect("doctor warns about plaintext and unverified certificates of another host", () =>
      Effect.gen(function* () {
        const doctor = Effect.fnUntraced(function* (query: string, host: string) {
          const DATABASE_URL = yield* urlWith(query, host)
          return (yield* Process.run(["doctor"], { DATABASE_URL })).stdout
        })
        const remote = "127.0.0.2"
        assert.match(
          yield* doctor("sslmode=disable", remote),
          /^warn {3}TLS: the connection to 127.0.0.2 is not encrypted/m
        )
        assert.match(
          yield* doctor("sslmode=require", remote),
          /^warn {3}TLS: the certificate of 127.0.0.2 is not verified/m
        )
        assert.match(yield* doctor("sslmode=verify-ca&sslrootcert=$authority.crt", remote), /^ok {5}TLS: encrypted/m)
        assert.match(yield* doctor("sslmode=disable", "localhost"), /^ok {5}TLS: not needed/m)
      })
    )
  })
})
