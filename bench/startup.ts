import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { type Implementation, root } from "./implementations.ts"
import { residentMemory } from "./machine.ts"
import * as Processes from "./processes.ts"
import { type Figure, figureNames } from "./results.ts"
import { quartiles } from "./statistics.ts"

export interface Candidate {
  readonly implementation: Implementation
  readonly environment: Readonly<Record<string, string>>
}

/** Starts the candidates in turn until their first response. Yields median time and memory of each. */
export const measureStarts = Effect.fnUntraced(function* (
  [start, memory]: readonly [start: string, memory: string],
  candidates: ReadonlyArray<Candidate>,
  repeats: number,
  path?: string
) {
  const starts: Array<{ implementation: string; milliseconds: number; megabytes: number }> = []
  for (let n = 0; n < repeats; n++) {
    for (const { environment, implementation } of candidates) {
      const process = Effect.map(Processes.start(implementation, environment, path), ({ firstResponse, pid }) => {
        const megabytes = residentMemory(pid)
        starts.push({ implementation: implementation.name, milliseconds: firstResponse, megabytes })
      })
      yield* Effect.scoped(process)
    }
  }
  return [...Map.groupBy(starts, ({ implementation }) => implementation)].flatMap(
    ([implementation, group]): ReadonlyArray<Figure> => {
      const median = (field: "milliseconds" | "megabytes") => quartiles(group.map((one) => one[field])).median
      return [
        { figure: start, implementation, value: median("milliseconds"), unit: "ms" },
        { figure: memory, implementation, value: median("megabytes"), unit: "MB" }
      ]
    }
  )
})

const temporaryDirectory = Effect.acquireRelease(
  Effect.sync(() => mkdtempSync(join(tmpdir(), "effect-tasks-pglite-"))),
  (directory) => Effect.sync(() => rmSync(directory, { recursive: true }))
)

/** What `npm start` runs in these checkouts, until the service is ready: on a new data directory and again on it. */
export const measurePglite = Effect.fnUntraced(function* (previous: string | undefined, repeats: number) {
  const checkouts = { service: root, ...(previous !== undefined && { previous }) }
  const candidates = yield* Effect.forEach(Object.entries(checkouts), ([name, directory]) =>
    Effect.map(temporaryDirectory, (DATA_DIR): Candidate => {
      const command = [process.execPath, join(directory, "src/main.ts"), "serve"]
      return { implementation: { name, title: name, command }, environment: { DATA_DIR } }
    })
  )
  const { firstPgliteStart, laterPgliteStart, pgliteMemory } = figureNames
  const firstMemory = "Resident memory after the first start on PGlite"
  const first = yield* measureStarts([firstPgliteStart, firstMemory], candidates, 1, "/health/ready")
  return [...first, ...(yield* measureStarts([laterPgliteStart, pgliteMemory], candidates, repeats, "/health/ready"))]
}, Effect.scoped)
