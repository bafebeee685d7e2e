import { execFile } from "node:child_process"
import { chown, copyFile, mkdir, writeFile } from "node:fs/promises"
import { createServer } from "node:http"
import { join } from "node:path"
import { promisify } from "node:util"
import { assert, it } from "@effect/vitest"
import { Effect, Fiber } from "effect"
import { exportJWK, generateKeyPair, SignJWT } from "jose"
import { hasOpenssl, makeCertificates } from "../support/Certificates.ts"
import { writeImageFiles } from "../support/Image.ts"
import * as Loopback from "../support/Loopback.ts"
import { pageOf } from "../support/Markdown.ts"
import { serverUser } from "../support/PostgresBinaries.ts"
import { administer } from "../support/PostgresServer.ts"
import { type Environment, request, root, run, serve, serveUnready, start, timeout, until } from "../support/Process.ts"
import * as SystemPostgres from "../support/SystemPostgres.ts"

/** The commands under "Step by step", as the page shows them. */
const commands = (() => {
  const [, section = ""] = /## Step by step\n(.*?)\n## /s.exec(pageOf("docs/deployment.md").text) ?? []
  return Array.from(section.matchAll(/```sh\n(.*?)```/gs), ([, text = ""]) => text.replaceAll(/^ +/gm, ""))
})()

/** An issuer of tokens, and a token for each user. */
const makeIssuer = Effect.gen(function* () {
  const { privateKey, publicKey } = yield* Effect.promise(() => generateKeyPair("EdDSA"))
  const jwk = yield* Effect.promise(() => exportJWK(publicKey))
  const server = createServer((_request, response) => {
    response.end(JSON.stringify({ keys: [{ ...jwk, kid: "k", alg: "EdDSA" }] }))
  })
  const url = `http://127.0.0.1:${yield* Loopback.listen(server)}`
  const tokenFor = (sub: string) =>
    Effect.promise(() =>
      new SignJWT({ sub })
        .setProtectedHeader({ alg: "EdDSA", kid: "k" })
        .setIssuer(url)
        .setAudience(url)
        .setIssuedAt()
        .setExpirationTime("1 hour")
        .sign(privateKey)
    )
  return { url, tokenFor }
})

/** A server that accepts only encrypted connections over TCP, but for its superuser. */
const startPostgres = Effect.gen(function* () {
  let authority = ""
  const server = yield* SystemPostgres.start({
    prepare: async (data) => {
      const folder = join(data, "tls")
      await mkdir(folder)
      await makeCertificates(folder, "authority", ["localhost"])
      authority = join(folder, "authority.crt")
      for (const end of ["crt", "key"]) {
        const file = join(data, `server.${end}`)
        await copyFile(join(folder, `localhost.${end}`), file)
        if (serverUser !== undefined) await chown(file, serverUser.uid, serverUser.gid)
      }
      await writeFile(
        join(data, "pg_hba.conf"),
        "host all postgres 127.0.0.1/32 trust\nhostssl all all 127.0.0.1/32 scram-sha-256\n"
      )
      return ["ssl=on"]
    }
  })
  return { ...server, authority }
})

it.live.skipIf(SystemPostgres.binaries === undefined || !hasOpenssl || process.platform !== "linux")(
  "the commands of docs/deployment.md make a service on PostgreSQL with TLS that withstands hostile input",
  () =>
    Effect.gen(function* () {
      const postgres = yield* startPostgres
      const issuer = yield* makeIssuer
      const app = yield* writeImageFiles
      const { directory } = postgres
      const superuser = Object.assign(new URL(postgres.url), { pathname: "/tasks" }).href
      yield* Effect.promise(() =>
        writeFile(join(directory, "tasks"), `#!/bin/sh\nexec '${process.execPath}' '${app}/dist/main.js' "$@"\n`, {
          mode: 0o755
        })
      )

      const [serving = "", ...before] = commands
        .map((text) =>
          text
            .replaceAll("db.example.com:5432", `localhost:${postgres.port}`)
            .replaceAll("/etc/tasks/ca.crt", postgres.authority)
            .replaceAll("BETTER_AUTH_URL=https://app.example.com", `BETTER_AUTH_URL=${issuer.url}`)
            .replaceAll("ADMIN_PORT=9090", "ADMIN_PORT=0")
        )
        .toReversed()
      const script = `${before.toReversed().join("\n")}\necho '<environment>'; env`
      const { stdout } = yield* Effect.promise(() =>
        promisify(execFile)("bash", ["-e", "-c", script], {
          cwd: root,
          env: {
            PATH: `${directory}:${postgres.bin}:${process.env.PATH}`,
            PGHOST: "127.0.0.1",
            PGPORT: String(postgres.port),
            PGUSER: "postgres"
          }
        })
      )
      const [output = "", variables = ""] = stdout.split("<environment>\n")
      assert.match(output, /^applied 0001_create_tables\n(.*\n)*row-level security is on for task$/m)
      assert.match(output, /^ok {5}TLS: (encrypted, and the certificate is verified|not needed)/m)
      assert.match(output, /^ok {5}role: has exactly the privileges that it needs$/m)
      assert.notMatch(output, /^error/m)
      const environment: Environment = Object.fromEntries(
        variables.split("\n").flatMap((line) => {
          const [, name, value] = /^([A-Z_]+)=(.*)$/.exec(line) ?? []
          return name === undefined || value === undefined ? [] : [[name, value]]
        })
      )
      const program = { command: ["bash", "-c", serving], cwd: root }
      const tasks = { command: [join(directory, "tasks")], cwd: root }
      const { OWNER_PASSWORD = "", DATABASE = "" } = environment
      const owner = { ...environment, DATABASE_URL: `postgresql://tasks_owner:${OWNER_PASSWORD}@${DATABASE}` }

      // More expired rows than one statement can delete within its time limit, when the service starts.
      yield* administer(superuser, (sql) => sql`alter table idempotency_key disable trigger user`)
      yield* administer(
        superuser,
        (sql) => sql`
          insert into idempotency_key (user_id, key, fingerprint, status, headers, body, created_at)
          select 'bob', 'key ' || n, 'f', 201, '{}', '', now() - interval '2 days' from generate_series(1, 100000) as n
        `
      )
      yield* administer(superuser, (sql) => sql`alter table idempotency_key enable trigger user`)

      const limits = { RATE_LIMIT: "100/minute", RATE_LIMIT_ADDRESS: "1000/minute", CONNECTIONS_MAX_ADDRESS: "200" }
      const service = yield* serve({ ...environment, PORT: "0", ...limits }, program)
      const token = yield* issuer.tokenFor("ada")
      const list = request(service.url, "/api/tasks", { token })
      const created = yield* request(service.url, "/api/tasks", { token, body: { title: "Buy milk" } })
      assert.strictEqual(created.status, 201)
      const [session] = yield* administer(
        superuser,
        (sql) => sql`
          select bool_and(ssl) as encrypted from pg_stat_ssl join pg_stat_activity using (pid)
          where usename = 'tasks_service'
        `
      )
      assert.deepStrictEqual(session, { encrypted: true })
      yield* until(async () => {
        const rows = await Effect.runPromise(
          administer(superuser, (sql) => sql`select 1 from idempotency_key where user_id = 'bob' limit 1`)
        )
        return rows.length === 0
      })

      // A flood of connections and one of health checks, each from an address of its own.
      for (const [path, address] of [
        ["/api/tasks", "127.0.0.2"],
        ["/health", "127.0.0.3"]
      ]) {
        yield* Effect.scoped(
          Effect.gen(function* () {
            const command = [process.execPath, "test/support/flood.ts"]
            const flood = yield* start([`${service.url}${path}`, address ?? "", "1000"], {}, { command, cwd: root })
            yield* until(() => Number(flood.output().trim().split("\n").at(-1)?.split(" ")[0]) > 2000)
            for (let n = 0; n < 5; n++) assert.deepStrictEqual((yield* list).body, [created.body])
            assert.strictEqual((yield* request(service.url, "/health/ready")).status, 200)
          })
        )
      }

      // A dump while a migration is undone and applied again.
      const locks = yield* administer(superuser, (sql) =>
        sql.withTransaction(Effect.andThen(sql`lock table task in access share mode`, Effect.never))
      ).pipe(Effect.forkScoped)
      yield* until(async () => {
        const rows = await Effect.runPromise(
          administer(superuser, (sql) => sql`select from pg_locks where relation = 'task'::regclass and granted`)
        )
        return rows.length > 0
      })
      const migrate = yield* start(["migrate"], { ...owner, DATABASE_RLS: "off" }, tasks)
      yield* until(() => migrate.output().includes("migrations wait for locks of"))
      assert.match(migrate.output(), /process \d+ \(postgres/)
      assert.deepStrictEqual((yield* list).body, [created.body])
      yield* Fiber.interrupt(locks)
      assert.strictEqual((yield* migrate.exit).code, 0)

      // The tables now lack what DATABASE_RLS of the service promises.
      const answers = (status: number) => until(async () => (await Effect.runPromise(list)).status === status)
      yield* answers(503)
      assert.strictEqual((yield* request(service.url, "/health/ready")).status, 503)
      const mismatched = yield* serveUnready({ ...environment, PORT: "0", MIGRATE_ON_START: "false" }, tasks)
      assert.strictEqual((yield* request(mismatched.url, "/api/tasks", { token })).body.code, "NOT_READY")
      assert.strictEqual((yield* run(["migrate"], owner, tasks)).code, 0)
      yield* answers(200)

      // Roles with too few and with too many privileges.
      for (const [change, undo, finding, isServed] of [
        [
          "revoke insert on task from tasks_service",
          "grant insert on task to tasks_service",
          /^error {2}role: lacks INSERT on task/m,
          false
        ],
        [
          "alter role tasks_service createrole",
          "alter role tasks_service nocreaterole",
          /^warn {3}role: has more than it needs: CREATEROLE/m,
          true
        ],
        [
          "grant insert on schema_migration to tasks_service",
          "revoke insert on schema_migration from tasks_service",
          /^warn {3}role: has more than it needs: INSERT on schema_migration/m,
          true
        ]
      ] as const) {
        yield* administer(superuser, (sql) => sql.unsafe(change))
        const doctor = yield* run(["doctor"], environment, tasks)
        assert.match(doctor.stdout, finding)
        const fresh = yield* serveUnready({ ...environment, PORT: "0", MIGRATE_ON_START: "false" }, tasks)
        yield* until(async () => {
          const { body, status } = await Effect.runPromise(request(fresh.url, "/health/ready"))
          return isServed ? status === 200 : body.checks?.privileges.status === "failing"
        })
        yield* administer(superuser, (sql) => sql.unsafe(undo))
      }

      // Its log is not read any more.
      // Both processes serve again.
      for (let n = 0; n < 10; n++) yield* answers(200)
      service.stopReading()
      for (let n = 0; n < 50; n++) yield* request(service.url, "/health/live")
      assert.deepStrictEqual((yield* list).body, [created.body])
      yield* service.kill("SIGTERM")
      assert.strictEqual((yield* service.exit).code, 0)
    }).pipe(Effect.scoped),
  2 * timeout
)
