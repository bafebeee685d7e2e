import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Config from "../../src/config/Config.ts"
import { parsePostgresUrl } from "../../src/config/PostgresUrl.ts"

describe("DATABASE_URL", () => {
  it.effect.each([
    [
      "postgresql://ada@localhost/tasks?sslmode=no-verify",
      "sslmode must be one of disable, prefer, require, verify-ca, verify-full"
    ],
    [
      "postgresql://ada@localhost/tasks?target_session_attrs=standby",
      "target_session_attrs must be one of any, read-write, primary"
    ],
    ["postgresql://ada@localhost/tasks?connect_timeout=soon", "connect_timeout must be a number"],
    ["postgresql://ada@localhost/tasks?sslcompression=1", "sslcompression must be 0"],
    ["postgresql://ada@localhost/tasks?gssencmode=require", "gssencmode must be one of disable, prefer"],
    [
      "postgresql://ada@localhost/tasks?client_encoding=LATIN1",
      "client_encoding must be one of UTF8, UTF-8, utf8, utf-8, auto"
    ],
    ["postgresql://ada@localhost/tasks?replication=database", "replication must be one of false, off, no, 0"],
    ["postgresql://ada@localhost/tasks?require_auth=scram-sha-256", "the parameter require_auth is not supported"],
    [
      "postgresql://ada@localhost/tasks?service=tasks",
      "the parameter service is not supported: no service file is read"
    ],
    [
      "postgresql://ada@localhost/tasks?passfile=/run/secrets/pgpass",
      "the parameter passfile is not supported: put the URL with its password into a file and set DATABASE_URL_FILE"
    ],
    ["postgresql://ada@localhost/tasks?__proto__=1", "the parameter __proto__ is not supported"],
    ["postgresql://ada@server:pa@ss@localhost/tasks", "an @ in the user or the password must be written as %40"],
    ["postgresql://ada:100%@localhost/tasks", "password is not percent-encoded"],
    ...["a/b", "a?b", "a#b", "#", "1/2"].map(
      (password) =>
        [
          `postgresql://ada:${password}@localhost/tasks`,
          "/, ? and # in the user or the password must be written as %2F, %3F and %23"
        ] as const
    ),
    ["postgresql:///tasks", "must name a host"],
    ["postgresql://ada@localhost/tasks?ssl_mode=require", "the parameter ssl_mode is not supported"],
    ["postgresql://ada@localhost/tasks?sslmode=verify-ca", "sslmode=verify-ca needs sslrootcert"],
    [
      "postgresql://ada@localhost/tasks?channel_binding=require",
      "channel_binding=require needs sslmode=require or a stricter one"
    ],
    [
      "postgresql://ada@localhost/tasks?channel_binding=always",
      "channel_binding must be one of disable, prefer, require"
    ],
    ["postgresql://ada@localhost/tasks?sslrootcert=/nowhere/ca.crt", "the file of sslrootcert cannot be read"],
    ["postgresql://ada@localhost/tasks?sslcert=/nowhere/a.crt", "sslcert and sslkey must be set together"],
    ...["99999", "0", "0x1538", "5e3", "5432.0", "-1"].map(
      (port) => [`postgresql://ada@localhost:${port}/tasks`, "port must be a number from 1 to 65535"] as const
    ),
    ["postgresql://ada%00b@localhost/tasks", "user must not contain %00"],
    ["postgresql://ada@a,b,c/tasks?port=1,2", "port must have one entry, or one for each host"],
    ["mysql://ada@localhost/tasks", "must be a URL like postgresql://user:password@host:5432/database"]
  ])("rejects %s", ([DATABASE_URL, message]) =>
    Effect.gen(function* () {
      const { errors } = yield* Effect.flip(Config.read({ DATABASE_URL }))
      assert.deepStrictEqual(errors, [`DATABASE_URL: ${message}`])
    })
  )

  it.effect.each([
    "postgres://ada:p%40ss%2Fw%23rd@localhost/tasks",
    "postgresql://ada%40server@db.example.com:6432/tasks",
    "postgresql://ada@[2001:db8::7]:5433",
    "postgresql://ada@/tasks?host=/run/postgresql",
    "postgresql://ada@%2Frun%2Fpostgresql/tasks",
    "postgresql://ada@ep-a-1.eu.aws.neon.tech/neondb?sslmode=require&channel_binding=require",
    "postgres://avnadmin:secret@pg.aivencloud.com:12691/defaultdb?sslmode=require",
    "postgresql://ada@a.postgres.database.azure.com:5432/tasks?ssl=true",
    "postgresql://ada@a,b:5433/tasks?target_session_attrs=read-write&load_balance_hosts=disable&connect_timeout=10",
    "postgresql://ada@localhost/tasks?keepalives=1&keepalives_idle=30&keepalives_interval=10&keepalives_count=3&tcp_user_timeout=0",
    "postgresql://ada@localhost/tasks?gssencmode=disable&sslcompression=0&sslsni=1&client_encoding=UTF8&replication=false",
    "postgresql://ada@localhost/tasks?fallback_application_name=a&uselibpqcompat=true&sslmode=disable"
  ])("accepts %s", (DATABASE_URL) => Config.read({ DATABASE_URL }))

  it("is read as libpq does", () => {
    const read = (url: string) => {
      const { connectTimeout, database, hosts, isWritable, password, tls, username } = parsePostgresUrl(url)
      return { connectTimeout, database, hosts, isWritable, password, tls, username }
    }
    assert.deepStrictEqual(
      read("postgres://ada%40server:p%40s%3As@[fe80::1%25eth0]:5433,b?connect_timeout=7&ssl=true"),
      {
        connectTimeout: 7,
        database: undefined,
        hosts: [
          { host: "fe80::1%eth0", port: 5433 },
          { host: "b", port: 5432 }
        ],
        isWritable: false,
        password: "p@s:s",
        tls: "require",
        username: "ada@server"
      }
    )
    assert.deepStrictEqual(
      read("postgresql:///?host=/run/postgresql&dbname=t&user=a&connect_timeout=0&target_session_attrs=primary"),
      {
        connectTimeout: undefined,
        database: "t",
        hosts: [{ host: "/run/postgresql", port: 5432 }],
        isWritable: true,
        password: undefined,
        tls: "prefer",
        username: "a"
      }
    )
  })
})
