import { Effect, Random } from "effect"
import { generateRecords } from "../../src/cli/SeedData.ts"
import type { ImportRecord } from "../../src/import/Importer.ts"

const toRow = (record: ImportRecord) => {
  switch (record.type) {
    case "project":
      return { type: record.type, ...record.value }
    case "tag":
      return { type: record.type, ...record.value }
    case "task":
      return { type: record.type, ...record.value }
    case "completion":
      throw new Error("no completion was generated")
  }
}

/** The records of an export of so many tasks, in the order of their references instead of the export's. */
export const generateExport = Effect.fnUntraced(function* (tasks: number) {
  const random = yield* Random.Random.pipe(Random.withSeed(7))
  return Array.from(generateRecords(random, tasks, Date.UTC(2026, 0, 1)), toRow)
})

export const toNdjson = (rows: ReadonlyArray<object>) => rows.map((row) => `${JSON.stringify(row)}\n`).join("")

/** Rows in a form that does not depend on the order of rows, tags and fields. */
export const unordered = (rows: ReadonlyArray<Record<string, unknown>>) =>
  rows
    .map((row) => (Array.isArray(row.tag_ids) ? { ...row, tag_ids: row.tag_ids.toSorted() } : row))
    .map((row) => JSON.stringify(Object.entries(row).toSorted(([a], [b]) => (a < b ? -1 : 1))))
    .toSorted()
