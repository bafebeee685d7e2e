import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import type { ImportEntry } from "../../src/import/ImportEntry.ts"
import { readText } from "./importText.ts"

const columns = ["TYPE", "CONTENT", "DESCRIPTION", "DATE", "DATE_LANG", "DEADLINE", "DURATION"] as const

const quote = (cell: string) => `"${cell.replaceAll('"', '""')}"`

/** What is read from a file with these rows. */
const read = (...rows: ReadonlyArray<Partial<Record<(typeof columns)[number], string>>>) => {
  const lines = rows.map((row) => columns.map((column) => quote(row[column] ?? "")).join(","))
  const entries = readText([columns.join(","), ...lines].join("\n"), "File.csv").pipe(Stream.runCollect, Effect.runSync)
  return Array.from(entries)
}

const tasksOf = (entries: ReadonlyArray<ImportEntry>) =>
  entries.flatMap((entry) => ("record" in entry && entry.record.type === "task" ? [entry.record.value] : []))

const messagesOf = (entries: ReadonlyArray<ImportEntry>) =>
  entries.flatMap((entry) => ("warning" in entry ? [entry.warning] : "errors" in entry ? entry.errors : []))

describe("A task in a Todoist file", () => {
  it("has its deadline as due date when it has no date, and in the description when it has one", () => {
    const entries = read(
      { TYPE: "task", CONTENT: "A", DEADLINE: "2027-01-31" },
      { TYPE: "task", CONTENT: "B", DATE: "2026-12-01", DEADLINE: "2027-01-31", DESCRIPTION: "Text" },
      { TYPE: "task", CONTENT: "C", DATE: "every day", DEADLINE: "2027-01-31" }
    )
    assert.deepStrictEqual(
      tasksOf(entries).map(({ description, due_at }) => [due_at, description]),
      [
        ["2027-01-31T00:00:00.000Z", null],
        ["2026-12-01T00:00:00.000Z", "Text\n\nDeadline: 2027-01-31"],
        [null, "Deadline: 2027-01-31"]
      ]
    )
    assert.deepStrictEqual(messagesOf(entries), [
      'DATE: "every day" is not a date with day, month and year; imported without a due date'
    ])
  })

  it("reads its date in the language of its row", () => {
    const entries = read({ TYPE: "task", CONTENT: "A", DATE: "20 Dez 2026", DATE_LANG: "de" })
    assert.strictEqual(tasksOf(entries)[0]?.due_at, "2026-12-20T00:00:00.000Z")
  })

  it("gets the first 50 labels as tags, and a warning names the others", () => {
    const labels = Array.from({ length: 52 }, (_, n) => `@label${n}`)
    const entries = read({ TYPE: "task", CONTENT: `Call ${labels.join(" ")}` })
    const [task] = tasksOf(entries)
    assert.strictEqual(task?.title, "Call")
    assert.strictEqual(task?.tag_ids.length, 50)
    assert.deepStrictEqual(messagesOf(entries), ["CONTENT: Has over 50 labels; not imported: @label50 @label51"])
  })

  it.each(["CONTENT", "DESCRIPTION"] as const)("is rejected alone when its %s contains NUL", (column) => {
    const entries = read(
      { TYPE: "task", CONTENT: "A" },
      { TYPE: "task", CONTENT: "B @b", [column]: "B\0 @b\0" },
      { TYPE: "task", CONTENT: "C" }
    )
    assert.deepStrictEqual(
      tasksOf(entries).map(({ title }) => title),
      ["A", "C"]
    )
    assert.deepStrictEqual(
      entries.filter((entry) => "errors" in entry),
      [{ line: 3, errors: [`${column}: Must not contain NUL characters`] }]
    )
  })

  it("does not get the notes of a rejected task below it, nor a note with NUL", () => {
    const entries = read(
      { TYPE: "task", CONTENT: "A" },
      { TYPE: "note", CONTENT: "a\0" },
      { TYPE: "note", CONTENT: "about A" },
      { TYPE: "task", CONTENT: "\0" },
      { TYPE: "note", CONTENT: "about the rejected task" }
    )
    assert.deepStrictEqual(
      tasksOf(entries).map(({ description }) => description),
      ["about A"]
    )
    assert.deepStrictEqual(messagesOf(entries), [
      "CONTENT: Must not contain NUL characters",
      "CONTENT: Must not contain NUL characters",
      "note: not imported, because no imported task stands above it"
    ])
  })

  it("keeps its id when another row of the file changes", () => {
    const [first, second] = tasksOf(read({ TYPE: "task", CONTENT: "A" }, { TYPE: "task", CONTENT: "A" }))
    const [same, other] = tasksOf(read({ TYPE: "task", CONTENT: "A" }, { TYPE: "task", CONTENT: "B" }))
    assert.strictEqual(same?.id, first?.id)
    assert.notStrictEqual(first?.id, second?.id)
    assert.notStrictEqual(other?.id, second?.id)
  })
})
