import { spawnSync } from "node:child_process"
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { inject } from "vitest"
import { parse, parseAllDocuments } from "yaml"
import * as Config from "../src/config/Config.ts"
import * as Settings from "../src/config/Settings.ts"
import { image, writeImageFiles } from "./support/Image.ts"
import { administer, createDatabase } from "./support/PostgresServer.ts"
import { type Program, readiness, request, root, run, secret, serve, timeout, tokenFor } from "./support/Process.ts"
import * as Roles from "./support/Roles.ts"

const read = (file: string) => readFileSync(join(root, file), "utf8")

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where it is not
type Yaml = any

const compose: Yaml = parse(read("compose.yaml"), { merge: true })
const services: ReadonlyArray<[string, Yaml]> = Object.entries(compose.services)
const kubernetes: ReadonlyArray<Yaml> = parseAllDocuments(read("deploy/kubernetes.yaml")).map((document) => {
  assert.isEmpty(document.errors)
  return document.toJS()
})
const pods = kubernetes.flatMap(({ kind, spec }) => (spec?.template === undefined ? [] : [[kind, spec.template.spec]]))
const configMap = kubernetes.find(({ kind }) => kind === "ConfigMap")
const containers: ReadonlyArray<Yaml> = pods.flatMap(([, { containers }]) => containers)

const known = Array.from(Settings.settingNames)
/** Migrations run as a service of their own, and there is no embedded database. */
const deployed = known.filter((name) => !["DATABASE_DIRECT_URL", "DATA_DIR"].includes(name))

describe("compose.yaml", () => {
  it("runs containers read-only, unprivileged and not as root", () => {
    for (const [name, service] of services) {
      assert.isTrue(service.read_only, name)
      assert.deepStrictEqual(service.cap_drop, ["ALL"], name)
      assert.deepStrictEqual(service.security_opt, ["no-new-privileges:true"], name)
      assert.isTrue(service.build !== undefined || ["postgres", "redis"].includes(service.user), name)
    }
    assert.isTrue(compose.networks.back.internal)
    assert.deepStrictEqual(
      services.filter(([, { ports }]) => ports !== undefined).map(([name, { ports }]) => [name, ports]),
      [["tasks", ["127.0.0.1:8000:8000"]]]
    )
  })

  it("contains no password and requires all of them", () => {
    const passwords = Array.from(read("compose.yaml").matchAll(/\$\{(\w*PASSWORD)(.*?)\}/g))
    assert.isAtLeast(passwords.length, 6)
    for (const [text, , rest = ""] of passwords) assert.isTrue(rest.startsWith(":?"), text)
  })

  it("passes every setting to the service", () => {
    assert.sameMembers(Object.keys(compose.services.tasks.environment), deployed)
    assert.includeMembers(known, Object.keys(compose.services.migrate.environment))
  })

  it("pins every base image by its digest, lets it be replaced, and builds on the Node.js image of the Dockerfile", () => {
    const [from] = read("Dockerfile").match(/(?<=^ARG NODE_IMAGE=).*$/m) ?? []
    const images = services.map(([, { build, image }]) => (build === undefined ? image : build.args.NODE_IMAGE))
    const parts = images.map((image) => /^\$\{(\w+):-(([^@]*):[^@]+@sha256:[0-9a-f]{64})\}$/.exec(image) ?? [])
    assert.sameMembers(
      [...new Set(parts.map(([, variable]) => variable))],
      ["NODE_IMAGE", "POSTGRES_IMAGE", "REDIS_IMAGE"]
    )
    assert.sameMembers([...new Set(parts.map(([, , , name]) => name))], ["node", "postgres", "redis"])
    assert.include(
      parts.map(([, , pinned]) => pinned),
      from
    )
  })

  it("stops a service only after its own time limits", () => {
    const { SHUTDOWN_DELAY = "", SHUTDOWN_TIMEOUT = "" } = Settings.defaults
    const grace = Number.parseInt(compose.services.tasks.stop_grace_period, 10)
    assert.isAtLeast(grace, Number(SHUTDOWN_DELAY) + Number(SHUTDOWN_TIMEOUT) + 2)
  })

  it("rotates logs and trusts the proxy in front", () => {
    for (const [name, { logging }] of services) assert.containsAllKeys(logging.options, ["max-size", "max-file"], name)
    const [{ gateway }] = compose.networks.front.ipam.config
    assert.include(compose.services.tasks.environment.TRUSTED_PROXIES, gateway)
  })
})

describe("deploy/kubernetes.yaml", () => {
  it("runs containers read-only, unprivileged and not as root", () => {
    assert.lengthOf(containers, 2)
    for (const [, { automountServiceAccountToken, enableServiceLinks, securityContext }] of pods) {
      assert.isFalse(automountServiceAccountToken)
      assert.isFalse(enableServiceLinks)
      assert.isTrue(securityContext.runAsNonRoot)
      assert.deepStrictEqual(securityContext.seccompProfile, { type: "RuntimeDefault" })
    }
    for (const { resources, securityContext } of containers) {
      assert.deepStrictEqual(securityContext, {
        readOnlyRootFilesystem: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] }
      })
      assert.containsAllKeys(resources, ["requests", "limits"])
    }
  })

  it("passes every setting to the service", () => {
    const [container] = containers.filter(({ name }) => name === "tasks")
    const names = [
      ...Object.keys(configMap.data),
      ...container.env.map(({ name }: { readonly name: string }) => name),
      ...Object.keys(image.environment).filter((name) => name !== "NODE_ENV")
    ]
    assert.sameMembers(names, deployed)
    assert.notStrictEqual(configMap.data.TRUSTED_PROXIES, "")
  })

  it("has a configuration that the service accepts", () =>
    Effect.runPromise(
      Config.read({
        ...image.environment,
        ...configMap.data,
        DATABASE_URL: "postgresql://tasks_service:password@postgres/tasks",
        BETTER_AUTH_URL: "https://app.example.com"
      })
    ))

  it("uses no image but the one that the Dockerfile builds", () => {
    const { version } = JSON.parse(read("package.json"))
    for (const { image } of containers) assert.strictEqual(image, `effect-tasks:${version}`)
  })

  it("allows network access only to the API and, for monitoring, to the admin port", () => {
    const policy = kubernetes.find(({ kind }) => kind === "NetworkPolicy")
    assert.deepStrictEqual(policy.spec.policyTypes, ["Ingress", "Egress"])
    for (const { from } of policy.spec.ingress) assert.isNotEmpty(from)
  })

  it("sets only known settings and reads secrets from Secrets", () => {
    for (const { env } of containers) {
      for (const { name, value } of env) {
        assert.include(known, name)
        if (/_URL$|SECRET/.test(name)) assert.isUndefined(value, name)
      }
    }
  })

  it("probes the admin port and allows enough time for a shutdown", () => {
    const [, pod] = pods.find(([kind]) => kind === "Deployment") ?? []
    const [container] = pod.containers
    const path = (probe: string) => {
      assert.strictEqual(container[probe].httpGet.port, "admin")
      return container[probe].httpGet.path
    }
    assert.deepStrictEqual(["startupProbe", "livenessProbe", "readinessProbe"].map(path), [
      "/health/live",
      "/health/live",
      "/health/ready"
    ])
    const { SHUTDOWN_DELAY, SHUTDOWN_TIMEOUT } = configMap.data
    assert.isAtLeast(pod.terminationGracePeriodSeconds, Number(SHUTDOWN_DELAY) + Number(SHUTDOWN_TIMEOUT) + 2)
    const labels = kubernetes.find(({ kind }) => kind === "Deployment").spec.template.metadata.labels
    for (const { kind, spec } of kubernetes) {
      if (kind === "Service") assert.deepStrictEqual(spec.selector, labels)
      if (kind === "PodDisruptionBudget") assert.deepStrictEqual(spec.selector.matchLabels, labels)
    }
  })
})

describe("deploy/tasks.service", () => {
  const unit = read("deploy/tasks.service")
  const valuesOf = (name: string) => Array.from(unit.matchAll(new RegExp(`^${name}=(.*)$`, "gm")), ([, value]) => value)

  it("runs the command of the image without root, and allows enough time for a shutdown", () => {
    assert.deepStrictEqual(valuesOf("ExecStart"), [`/usr/bin/${[...image.entrypoint, ...image.command].join(" ")}`])
    assert.deepStrictEqual(valuesOf("DynamicUser"), ["yes"])
    const { SHUTDOWN_DELAY = "", SHUTDOWN_TIMEOUT = "" } = Settings.defaults
    assert.isAtLeast(Number(valuesOf("TimeoutStopSec")[0]), Number(SHUTDOWN_DELAY) + Number(SHUTDOWN_TIMEOUT) + 2)
    // The others are in the file of settings.
    assert.deepStrictEqual(valuesOf("Environment"), [
      "NODE_ENV=production ENVIRONMENT=production",
      `NODE_COMPILE_CACHE=%C/${valuesOf("CacheDirectory")}`
    ])
  })

  it.skipIf(spawnSync("systemd-analyze", ["--version"]).status !== 0)(
    "is valid and a sandbox in the judgement of systemd",
    () => {
      const directory = mkdtempSync(join(tmpdir(), "effect-tasks-unit-"))
      try {
        const file = join(directory, "tasks.service")
        writeFileSync(file, unit.replace("/usr/bin/node", process.execPath))
        const analyze = (...args: ReadonlyArray<string>) =>
          spawnSync("systemd-analyze", [...args, file], { encoding: "utf8" })
        const { status, stderr } = analyze("verify")
        assert.deepStrictEqual({ status, stderr }, { status: 0, stderr: "" })
        // 0 is the best and 10 the worst; the scale of systemd calls up to 2 "OK".
        assert.strictEqual(analyze("security", "--offline=true", "--threshold=20").status, 0)
      } finally {
        rmSync(directory, { recursive: true })
      }
    }
  )
})

describe("deploy/alerts.yaml", () => {
  it("uses only metrics and labels that the service has", () => {
    const table = /<!-- metrics -->(.*)<!-- end of metrics -->/s.exec(read("docs/operations.md"))?.[1] ?? ""
    const documented = Array.from(table.matchAll(/`([a-z0-9_]+)`/g), ([, name = ""]) => name)
    const { groups }: Yaml = parse(read("deploy/alerts.yaml"))
    const expressions: ReadonlyArray<string> = groups.flatMap(({ rules }: Yaml) => rules.map(({ expr }: Yaml) => expr))
    assert.isNotEmpty(expressions)
    for (const expression of expressions) {
      for (const [, name = ""] of expression.matchAll(/([a-z0-9_]+)\{/g)) {
        if (name !== "up") assert.include(documented, name.replace(/_bucket$/, ""))
      }
    }
  })
})

/** The values of compose's environment, with these variables in place. */
const composed = (service: string, variables: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries<string>(compose.services[service].environment).map(([name, text]) => [
      name,
      text.replaceAll(
        /\$\{(\w+)(?::-([^}]*)|:\?[^}]*)?\}/g,
        (_, variable, otherwise) => variables[variable] ?? otherwise ?? ""
      )
    ])
  )

// Not as root, who may write anywhere; unless only root can reach Node here.
const unprivileged = (() => {
  const uid = 65_534
  if (process.getuid?.() !== 0) return {}
  const { status } = spawnSync(process.execPath, ["--version"], { uid, cwd: "/" })
  return status === 0 ? { uid } : {}
})()

it.live.skipIf(process.env.TEST_DATABASE_URL !== undefined || process.platform === "win32")(
  "the image's command runs every service of compose.yaml with only its own files",
  () =>
    Effect.gen(function* () {
      const variables = {
        OWNER_PASSWORD: "2b0f5a94c1",
        SERVICE_PASSWORD: "77d1f0e3aa",
        REDIS_PASSWORD: "0a4bd8812c",
        BETTER_AUTH_SECRET: secret
      }
      const superuser = yield* createDatabase(inject("postgres").url)
      const name = new URL(superuser).pathname.slice(1)
      yield* Effect.addFinalizer(() =>
        Effect.ignore(administer(inject("postgres").url, (sql) => sql`drop role tasks_owner, tasks_service`))
      )
      const passwords = { owner: variables.OWNER_PASSWORD, service: variables.SERVICE_PASSWORD }
      const roles = Roles.statements({ ...Roles.scriptNames, database: name }, passwords)
      for (const statement of roles) yield* administer(superuser, (sql) => sql.unsafe(statement))

      const cwd = yield* writeImageFiles
      assert.isNotEmpty(readdirSync(join(cwd, ".cache"), { recursive: true }), "compiled code")
      const program = ([file = "", ...args]: ReadonlyArray<string>): Program => ({
        command: [file === "node" ? process.execPath : file, ...args],
        cwd,
        ...unprivileged
      })
      const place = (service: string, port: string, admin = "0") => {
        const environment: Record<string, string> = {
          ...image.environment,
          ...composed(service, variables),
          PORT: port
        }
        const url = new URL(environment.DATABASE_URL ?? "")
        url.host = new URL(superuser).host
        url.pathname = `/${name}`
        return { ...environment, HOST: "127.0.0.1", ADMIN_HOST: "127.0.0.1", ADMIN_PORT: admin, DATABASE_URL: url.href }
      }
      const tasks = program(image.entrypoint)

      const migrated = yield* run(compose.services.migrate.command, place("migrate", "0"), tasks)
      assert.strictEqual(migrated.code, 0, migrated.stderr)

      const service = yield* serve(place("tasks", "0"), tasks)
      assert.strictEqual((yield* readiness(service.url)).status, 200)
      const token = yield* tokenFor("ada")
      assert.strictEqual(
        (yield* request(service.url, "/api/tasks", { token, body: { title: "From the image" } })).status,
        201
      )
      assert.match(yield* Effect.promise(() => fetch(`${service.url}/docs`).then((page) => page.text())), /<script/)

      const admin = /admin port at http:\/\/[^:]+:(\d+)/.exec(service.output())?.[1]
      const exitCodes = Effect.forEach(
        [place("tasks", "0", admin), { ...place("tasks", new URL(service.url).port), ADMIN_PORT: "" }],
        (environment) => Effect.map(run([], environment, program(image.healthcheck)), ({ code }) => code)
      )
      assert.deepStrictEqual(yield* exitCodes, [0, 0], "with and without an admin port")

      const doctor = yield* run(["doctor"], place("tasks", "0"), tasks)
      assert.match(doctor.stdout, /^ok {5}role: has exactly the privileges that it needs$/m)
      const exported = yield* run(["export", "--sub", "ada"], place("tasks", "0"), tasks)
      assert.strictEqual(JSON.parse(exported.stdout).title, "From the image")
      for (const args of [["openapi"], ["token", "--sub", "ada"], ["seed", "--sub", "bob", "--tasks", "3"]]) {
        const { code, stderr } = yield* run(args, place("tasks", "0"), tasks)
        assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
      }

      yield* service.kill("SIGTERM")
      const { code, stderr } = yield* Effect.timeout(service.exit, "2 seconds")
      assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
      assert.deepStrictEqual(yield* exitCodes, [1, 1])

      const alone = yield* run(
        ["serve"],
        { ...place("tasks", "0"), ENVIRONMENT: "development", DATABASE_URL: "" },
        tasks
      )
      assert.match(alone.stderr, /^tasks: The embedded database cannot be used: .* Set DATABASE_URL\.\n$/)
    }).pipe(Effect.scoped),
  timeout
)
