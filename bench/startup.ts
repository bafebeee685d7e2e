import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect } from "effect"
import { type Implementation, root } from "./implementations.ts"
import { residentMemory } from "./machine.ts"
import * as Processes from "./processes.ts"
import { type Quartiles, quartiles } from "./statistics.ts"

/** Start times in milliseconds, resident memory after the start in megabytes. */
export interface Starts {
  readonly kind: "bundle" | "first start on PGlite" | "later start on PGlite"
  readonly implementation: string
  readonly milliseconds: Quartiles
  readonly megabytes: Quartiles
}

interface Start {
  readonly milliseconds: number
  readonly megabytes: number
}

const startOnce = (implementation: Implementation, environment: Readonly<Record<string, string>>, path?: string) =>
  Effect.scoped(
    Effect.map(
      Processes.start(implementation, environment, path),
      ({ firstResponse, pid }): Start => ({ milliseconds: firstResponse, megabytes: residentMemory(pid) })
    )
  )

const summarize = (kind: Starts["kind"], { name }: Implementation, starts: ReadonlyArray<Start>): Starts => ({
  kind,
  implementation: name,
  milliseconds: quartiles(starts.map(({ milliseconds }) => milliseconds)),
  megabytes: quartiles(starts.map(({ megabytes }) => megabytes))
})

export interface Candidate {
  readonly implementation: Implementation
  readonly environment: Readonly<Record<string, string>>
}

/** Time from the start of the process to its first response, candidates in turn. */
export const measureStarts = Effect.fnUntraced(function* (candidates: ReadonlyArray<Candidate>, repeats: number) {
  const measured = candidates.map((candidate) => ({ ...candidate, starts: [] as Start[] }))
  for (let n = 0; n < repeats; n++) {
    for (const { environment, implementation, starts } of measured) {
      starts.push(yield* startOnce(implementation, environment))
    }
  }
  return measured.map(({ implementation, starts }) => summarize("bundle", implementation, starts))
})

/** What `npm start` runs, on a new data directory and on the same one again, until the service is ready. */
const startOnPglite = (implementation: Implementation) =>
  Effect.acquireUseRelease(
    Effect.sync(() => mkdtempSync(join(tmpdir(), "effect-tasks-pglite-"))),
    (DATA_DIR) => {
      const start = startOnce(implementation, { DATA_DIR }, "/health/ready")
      return Effect.all({ first: start, later: start })
    },
    (directory) => Effect.sync(() => rmSync(directory, { recursive: true }))
  )

/** The sources of this checkout, and of the previous one if there is one. */
export const measurePglite = Effect.fnUntraced(function* (previous: string | undefined, repeats: number) {
  const fromSources = (name: string, directory: string) => ({
    implementation: { name, title: name, command: [process.execPath, join(directory, "src/main.ts"), "serve"] },
    first: [] as Start[],
    later: [] as Start[]
  })
  const measured = [
    fromSources("service", root),
    ...(previous === undefined ? [] : [fromSources("previous", previous)])
  ]
  for (let n = 0; n < repeats; n++) {
    for (const one of measured) {
      const { first, later } = yield* startOnPglite(one.implementation)
      one.first.push(first)
      one.later.push(later)
    }
  }
  return measured.flatMap(({ first, implementation, later }) => [
    summarize("first start on PGlite", implementation, first),
    summarize("later start on PGlite", implementation, later)
  ])
})
