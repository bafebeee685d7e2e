import { Console, Effect, Stream } from "effect"
import type { UserId } from "../../src/domain/User.ts"
import { importRecords } from "../../src/import/Importer.ts"
import * as Lines from "../../src/import/Lines.ts"
import { readNdjson } from "../../src/import/NdjsonImport.ts"
import { delimiterOf } from "../../src/import/TodoistCells.ts"
import { readTodoist } from "../../src/import/TodoistImport.ts"

export const startTime = Date.UTC(2026, 10, 1)

/** The lines of a text, which arrives in chunks of this many bytes. */
export const linesOf = (text: string | Uint8Array, chunkSize = 64 * 1024) => {
  const bytes = Buffer.from(text)
  const chunks = Array.from({ length: Math.ceil(bytes.length / chunkSize) }, (_, n) =>
    bytes.subarray(n * chunkSize, (n + 1) * chunkSize)
  )
  return Lines.splitLines(Stream.fromIterable(chunks).pipe(Stream.rechunk(1)))
}

export const readText = (text: string | Uint8Array, name: string) => {
  const lines = linesOf(text)
  if (!name.endsWith(".csv")) return readNdjson(lines, startTime)
  const delimiter = Buffer.from(text)
    .toString()
    .replace(/^\uFEFF/, "")
    .split(/[\r\n]+/)
    .map(delimiterOf)
    .find((found) => found !== undefined)
  return readTodoist(lines, { name, delimiter: delimiter ?? ",", startTime })
}

/** Imports a file of this name and content, and returns the summary and what was printed to stderr. */
export const importText = Effect.fnUntraced(function* (owner: UserId, text: string | Uint8Array, name: string) {
  const messages: Array<string> = []
  const summary = yield* importRecords(owner, readText(text, name)).pipe(
    Effect.provideService(Console.Console, {
      ...globalThis.console,
      error: (...parts: ReadonlyArray<unknown>) => void messages.push(parts.join(" "))
    })
  )
  return { summary, messages }
})
