import { writeFileSync } from "node:fs"
import { join } from "node:path"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Redacted } from "effect"
import { IpNetwork } from "effect/net"
import * as Config from "../../src/config/Config.ts"
import * as DevelopmentSecret from "../../src/config/DevelopmentSecret.ts"
import { secretNames, settingNames } from "../../src/config/Settings.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

const errorsOf = (environment: Record<string, string>) =>
  Effect.map(Effect.flip(Config.read(environment)), ({ errors }) => errors)

const url = "postgresql://ada:password@localhost:5432/tasks"
const good = "pZ3uQ8xWb1nLr6TtYk0vEjHs9aMdCfGi"

describe("Config", () => {
  it.effect("has defaults that are safe on a developer's machine", () =>
    Effect.gen(function* () {
      const config = yield* Config.read({})
      assert.deepStrictEqual(config, {
        ENVIRONMENT: "development",
        HOST: "127.0.0.1",
        PORT: 8000,
        LOG_LEVEL: "info",
        LOG_CLIENT_ADDRESS: "full",
        ADMIN_HOST: "127.0.0.1",
        OTEL_SERVICE_NAME: "effect-tasks",
        DATA_DIR: ".data",
        DATABASE_POOL_MIN: 1,
        DATABASE_POOL_MAX: 10,
        DATABASE_HEAVY_POOL_MAX: 3,
        DATABASE_POOL_QUEUE_MAX: 200,
        DATABASE_POOL_LIFETIME: Duration.seconds(3600),
        DATABASE_POOL_IDLE: Duration.seconds(60),
        DATABASE_CONNECT_TIMEOUT: Duration.seconds(2),
        DATABASE_QUERY_TIMEOUT: Duration.seconds(3),
        DATABASE_RLS: "off",
        MIGRATE_ON_START: true,
        JWKS_REFRESH: Duration.minutes(5),
        JWKS_MAX_STALE: Duration.days(1),
        TOKEN_CACHE_SIZE: 10_000,
        WEB_CONCURRENCY: 1,
        RATE_LIMIT: { tokens: 100, per: "minute" },
        RATE_LIMIT_ADDRESS: { tokens: 1000, per: "minute" },
        EVENT_STREAMS_MAX: 4000,
        CONNECTIONS_MAX: 5000,
        CONNECTIONS_MAX_ADDRESS: 200,
        QUOTA_TASKS: 100_000,
        QUOTA_PROJECTS: 10_000,
        QUOTA_TAGS: 10_000,
        QUOTA_STORED_RESPONSES: 50_000_000,
        SHUTDOWN_DELAY: Duration.zero,
        SHUTDOWN_TIMEOUT: Duration.seconds(8)
      })
    })
  )

  it.effect("reads settings by name and ignores other variables", () =>
    Effect.gen(function* () {
      const config = yield* Config.read({
        ENVIRONMENT: "production",
        PORT: "0",
        DATABASE_URL: url,
        DATABASE_DIRECT_URL: url,
        DATABASE_QUERY_TIMEOUT: "0.25",
        MIGRATE_ON_START: "false",
        BETTER_AUTH_SECRET: good,
        JWT_ISSUER: "https://example.com",
        RATE_LIMIT: "off",
        RATE_LIMIT_ADDRESS: "5/second",
        REDIS_URL: "rediss://:password@redis.example.com",
        TRUSTED_PROXIES: "10.0.0.0/8, 192.0.2.7,2001:db8::/32, ::1, ::ffff:192.0.2.8, ::FFFF:172.16.0.0/108",
        PATH: "/usr/bin"
      })
      assert.strictEqual(config.ENVIRONMENT, "production")
      assert.strictEqual(config.PORT, 0)
      assert.strictEqual(Duration.toMillis(config.DATABASE_QUERY_TIMEOUT), 250)
      assert.isFalse(config.MIGRATE_ON_START)
      assert.strictEqual(config.JWT_ISSUER, "https://example.com")
      assert.isUndefined(config.RATE_LIMIT)
      assert.deepStrictEqual(config.RATE_LIMIT_ADDRESS, { tokens: 5, per: "second" })
      assert.deepStrictEqual(config.TRUSTED_PROXIES?.map(IpNetwork.format), [
        "10.0.0.0/8",
        "192.0.2.7/32",
        "2001:db8::/32",
        "::1/128",
        "192.0.2.8/32",
        "172.16.0.0/12"
      ])
      assert.notProperty(config, "PATH")
      assert(config.DATABASE_URL !== undefined && config.BETTER_AUTH_SECRET !== undefined)
      assert.strictEqual(Redacted.value(config.DATABASE_URL), url)
      assert.strictEqual(Redacted.value(config.BETTER_AUTH_SECRET), good)
      assert.notInclude(JSON.stringify(config), "password")
      assert.notInclude(JSON.stringify(config), good)
    })
  )

  it.effect("treats empty and blank variables as absent", () =>
    Effect.gen(function* () {
      const blank = Object.fromEntries(settingNames.map((name, index) => [name, index % 2 === 0 ? "" : " "]))
      assert.deepStrictEqual(yield* Config.read(blank), yield* Config.read({}))
    })
  )

  it.effect("ignores white space around a value, such as the carriage return of a file from Windows", () =>
    Effect.gen(function* () {
      const environment = {
        ENVIRONMENT: "staging\r",
        PORT: " 8001 ",
        JWT_ISSUER: "https://a.example\r",
        DATABASE_URL: url
      }
      const config = yield* Config.read({ ...environment, BETTER_AUTH_SECRET: `${good}\r\n` })
      assert.deepInclude(config, { ENVIRONMENT: "staging", PORT: 8001, JWT_ISSUER: "https://a.example" })
      assert.strictEqual(config.BETTER_AUTH_SECRET && Redacted.value(config.BETTER_AUTH_SECRET), good)
    })
  )

  it.effect("accepts a secret that begins or ends with a quotation mark", () =>
    Effect.gen(function* () {
      for (const BETTER_AUTH_SECRET of [`${good}'`, `"${good}`]) {
        const config = yield* Config.read({ BETTER_AUTH_SECRET })
        assert.strictEqual(config.BETTER_AUTH_SECRET && Redacted.value(config.BETTER_AUTH_SECRET), BETTER_AUTH_SECRET)
      }
    })
  )

  it.effect("accepts origins of any scheme", () =>
    Effect.gen(function* () {
      const origins = ["https://app.example.com", "http://localhost:3000", "tauri://localhost", "capacitor://localhost"]
      const { ALLOWED_ORIGINS } = yield* Config.read({ ALLOWED_ORIGINS: origins.join(", ") })
      assert.deepStrictEqual(ALLOWED_ORIGINS, origins)
    })
  )

  it.effect("reports all invalid settings at once, by name and without values", () =>
    Effect.gen(function* () {
      // With a JWKS the secrets are ignored.
      const names = settingNames.filter((name) => !["BETTER_AUTH_URL", "JWKS_URL"].includes(name))
      const marked = Object.fromEntries(names.map((name) => [name, "marker"]))
      const error = yield* Effect.flip(Config.read(marked))
      assert.sameMembers(
        [...new Set(error.errors.map((error) => error.split(":", 1)[0]))],
        // Any text is a valid host, directory, issuer and audience.
        names.filter(
          (name) =>
            !["HOST", "ADMIN_HOST", "OTEL_SERVICE_NAME", "DATA_DIR", "JWT_ISSUER", "JWT_AUDIENCE"].includes(name)
        )
      )
      assert.notInclude(error.message, "marker")
      assert.notInclude(JSON.stringify(error), "marker")
    })
  )

  it.effect.each([
    ["PORT", ["65536", "-1", "80.5", "1e3", "0x50", "８０"]],
    ["DATABASE_POOL_MAX", ["0", "2", "1001", "ten"]],
    ["DATABASE_QUERY_TIMEOUT", ["0", "-1", "3s", "Infinity", "NaN", "0.0000001", "1000001", "9999999"]],
    ["SHUTDOWN_DELAY", ["-1", "1e3", "1000000.001"]],
    ["DATABASE_RLS", ["true", "On", "force"]],
    ["MIGRATE_ON_START", ["yes", "TRUE", "0"]],
    ["ENVIRONMENT", ["prod", "Production"]],
    ["DATABASE_URL", ["localhost:5432/tasks", "mysql://localhost/tasks", "postgresql://", "postgresql://[::1/tasks"]],
    ["ALLOWED_ORIGINS", ["*", "https://app.example.com, *", "https://*.example.com", "https://app.example.com/"]],
    [
      "ALLOWED_ORIGINS",
      ["tauri://", "tauri://localhost/", "capacitor://*", "tauri:localhost", "TAURI://localhost", "null"]
    ],
    ["ALLOWED_ORIGINS", ["https://u:p@app.example.com", "tauri://u@localhost", "https://app.example.com:443"]],
    ["RATE_LIMIT", ["0/minute", "100", "100/day", "-1/minute", "1.5/second", "none", "100 / minute"]],
    ["RATE_LIMIT_ADDRESS", ["1e3/minute", "OFF"]],
    [
      "REDIS_URL",
      [
        "localhost:6379",
        "http://localhost",
        "redis://",
        "redis://:100%@localhost",
        "redis://localhost/tasks",
        "redis://localhost?db=1",
        "redis://user:12#34@localhost",
        "redis://user:12?34@localhost",
        "redis://localhost:0"
      ]
    ],
    [
      "TRUSTED_PROXIES",
      ["*", "proxy.example.com", "10.0.0.0/33", "10.0.0.1/8", "10.0.0.1 10.0.0.2", "300.1.1.1", "::ffff:10.0.0.0/8"]
    ],
    ["ADMIN_PORT", ["65536", "x"]],
    [
      "OTEL_EXPORTER_OTLP_ENDPOINT",
      ["localhost:4318", "grpc://localhost:4317", "http://u:p@localhost:4318", "http://localhost:4318/?x=1"]
    ],
    ["OTEL_EXPORTER_OTLP_HEADERS", ["authorization", "=x", "a=b c", "a=%zz", "a=%ff", "a=%0a", "a=b\u00e9"]],
    [
      "JWKS_URL",
      ["example.com/jwks", "file:///etc/passwd", "https://u:p@example.com/jwks", "https://example.com/#jwks"]
    ],
    ["JWT_ISSUER", ['"https://example.com"', "'https://example.com'", '"https://example.com', "https://example.com`"]],
    ["DATA_DIR", ['".data"', "`.data`"]],
    ["BETTER_AUTH_URL", ["example.com", "ftp://example.com", "https://example.com?x=1", "https://example.com/#x"]],
    [
      "BETTER_AUTH_SECRET",
      ["short", "a".repeat(64), `"${good}"`, `${good}-change-me`, "better-auth-secret-12345678901234567890"]
    ]
  ] as const)("rejects invalid values of %s", ([name, texts]) =>
    Effect.gen(function* () {
      for (const text of texts) {
        const errors = yield* errorsOf({ [name]: text })
        assert.isTrue(errors[0]?.startsWith(`${name}: must `), `${text} -> ${errors}`)
      }
    })
  )

  it.effect("reports contradictions together with invalid settings", () =>
    Effect.gen(function* () {
      const errors = yield* errorsOf({
        ENVIRONMENT: "staging",
        DATABASE_DIRECT_URL: url,
        DATABASE_POOL_MIN: "20",
        DATABASE_RLS: "on",
        WEB_CONCURRENCY: "2",
        PORT: "x"
      })
      assert.sameMembers(
        errors.map((error) => error.split(":", 1)[0]),
        [
          "PORT",
          "DATABASE_URL",
          "BETTER_AUTH_SECRET",
          "DATABASE_DIRECT_URL",
          "DATABASE_RLS",
          "WEB_CONCURRENCY",
          "DATABASE_POOL_MIN"
        ]
      )
    })
  )

  it.effect.each([
    ["65534", "8000", "ADMIN_PORT: must be at most 65533 with 3 workers"],
    ["9090", "9092", "PORT: must not be one of the workers' admin ports, 9090 to 9092"]
  ] as const)("reports the admin port %s and the port %s with three workers", ([ADMIN_PORT, PORT, message]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* errorsOf({ ADMIN_PORT, PORT, DATABASE_URL: url, WEB_CONCURRENCY: "3" }), [message])
      yield* Config.read({ ADMIN_PORT, PORT })
    })
  )

  it.effect("reads a file of variables, also with a byte order mark, and reports one that cannot be read", () =>
    Effect.gen(function* () {
      const directory = yield* TestDatabase.directory
      const file = join(directory, ".env")
      assert.deepStrictEqual(yield* Config.readEnvFile(file), {})
      writeFileSync(file, "\uFEFFPORT=8001\r\nexport LOG_LEVEL='debug' # comment\r\n")
      assert.deepStrictEqual(yield* Config.readEnvFile(file), { PORT: "8001", LOG_LEVEL: "debug" })
      for (const [path, reason] of [
        [directory, "EISDIR"],
        [file, "not UTF-8"]
      ] as const) {
        writeFileSync(file, "\uFEFFPORT=8001\r\n", "utf16le")
        const { errors } = yield* Effect.flip(Config.readEnvFile(path))
        assert.deepStrictEqual(errors, [`.env: cannot be read (${reason})`])
      }
    }).pipe(Effect.scoped)
  )

  it.effect("reads secrets from the files that …_FILE names", () =>
    Effect.gen(function* () {
      const directory = yield* TestDatabase.directory
      const file = join(directory, "secret")
      writeFileSync(file, `${good}\n`)
      const config = yield* Config.read({ BETTER_AUTH_SECRET_FILE: file })
      assert(config.BETTER_AUTH_SECRET !== undefined)
      assert.strictEqual(Redacted.value(config.BETTER_AUTH_SECRET), good)
      assert.deepStrictEqual(yield* errorsOf({ BETTER_AUTH_SECRET_FILE: file, BETTER_AUTH_SECRET: good }), [
        "BETTER_AUTH_SECRET_FILE: must not be set together with BETTER_AUTH_SECRET"
      ])
      writeFileSync(file, good, "utf16le")
      assert.deepStrictEqual(yield* errorsOf({ BETTER_AUTH_SECRET_FILE: file }), [
        "BETTER_AUTH_SECRET_FILE: cannot be read (not UTF-8)"
      ])
      for (const name of secretNames) {
        const errors = yield* errorsOf({ [`${name}_FILE`]: join(directory, "missing") })
        assert.include(errors, `${name}_FILE: cannot be read (ENOENT)`)
      }
    }).pipe(Effect.scoped)
  )

  it.effect("rejects the empty secret that a full disk leaves in DATA_DIR", () =>
    Effect.gen(function* () {
      const directory = yield* TestDatabase.directory
      writeFileSync(join(directory, "secret"), "")
      const error = yield* Effect.flip(DevelopmentSecret.read(directory))
      assert.instanceOf(error, Config.InvalidConfig)
    }).pipe(Effect.scoped, Effect.provide([NodeServices.layer, NodeCrypto.layerSecureRandom]))
  )

  it.effect("requires token settings only for commands that verify tokens", () =>
    Effect.gen(function* () {
      const environment = { ENVIRONMENT: "production", DATABASE_URL: url }
      assert.lengthOf(yield* errorsOf(environment), 1)
      yield* Config.read(environment, { needsTokens: false })
    })
  )
})
