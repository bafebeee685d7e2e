import { readFileSync } from "node:fs"
import { join } from "node:path"
import { Effect } from "effect"
import * as AccessTokens from "./accessTokens.ts"
import * as Database from "./database.ts"
import { fastify, type Implementation, previous, root, service } from "./implementations.ts"
import { residentMemory } from "./machine.ts"
import { options } from "./options.ts"
import * as Processes from "./processes.ts"
import { type Figure, figureNames } from "./results.ts"

/** This service and the previous version, if there is one to compare. */
const versions = [
  { directory: root, implementation: service },
  ...options.previous.map((directory) => ({ directory, implementation: previous(directory) }))
]

/** What `npm start` runs in a checkout. */
const startCommand = (directory: string) => {
  const { scripts } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"))
  const [, ...args] = String(scripts.start).split(" ")
  return [process.execPath, ...args.map((arg) => (arg.endsWith(".ts") ? join(directory, arg) : arg))]
}

/** The time from the start of a process until the path returns success, and resident memory when the start has settled. */
const measureStart = (
  [time, memory]: readonly [time: string, memory: string],
  implementation: Implementation,
  environment: Readonly<Record<string, string>>,
  path: string
) =>
  Processes.start(implementation, environment, path).pipe(
    // Garbage of the start, and of compiled WebAssembly, is freed a moment later.
    Effect.tap(Effect.sleep(options.settling)),
    Effect.map(
      ({ firstResponse, pid }): ReadonlyArray<Figure> => [
        { figure: time, implementation: implementation.name, value: firstResponse, unit: "ms" },
        { figure: memory, implementation: implementation.name, value: residentMemory(pid), unit: "MB" }
      ]
    ),
    Effect.scoped
  )

const { bundleStart, firstPgliteStart, laterPgliteStart, pgliteMemory } = figureNames
const bundleFigures = [bundleStart, "Resident memory after the start of the bundle"] as const
const firstFigures = [firstPgliteStart, "Resident memory after the first start on PGlite"] as const
const laterFigures = [laterPgliteStart, pgliteMemory] as const

/**
 * In turns: the bundle of each version on a database of its own, Fastify, and `npm start` of each version on PGlite, with
 * a new data directory and again with it.
 */
export const measureStarts = Effect.fnUntraced(function* (serverUrl: string) {
  const { environment: tokens } = yield* AccessTokens.make("HS256", [])
  const databases = yield* Effect.forEach(versions, ({ implementation }) =>
    Database.empty(serverUrl, implementation, `start_${implementation.name}`)
  )
  const figures: Array<Figure> = []
  for (let n = 0; n < options.starts; n++) {
    for (const [m, { directory, implementation }] of versions.entries()) {
      const production = { ...Processes.production, ...tokens, ...databases[m] }
      const source = { ...implementation, command: startCommand(directory) }
      const pglite = { DATA_DIR: yield* Processes.temporaryDirectory }
      figures.push(
        ...(yield* measureStart(bundleFigures, implementation, production, "/health/live")),
        ...(m === 0 ? yield* measureStart(bundleFigures, fastify, production, "/health/live") : []),
        ...(yield* measureStart(firstFigures, source, pglite, "/health/ready")),
        ...(yield* measureStart(laterFigures, source, pglite, "/health/ready"))
      )
    }
  }
  return { figures }
}, Effect.scoped)
