import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import type { ImportEntry } from "../../src/import/Importer.ts"
import { readText } from "./importText.ts"

const columns = ["TYPE", "CONTENT", "DESCRIPTION", "INDENT", "DATE", "DATE_LANG", "DEADLINE", "DURATION"] as const

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

describe("The header of a Todoist file", () => {
  it.each([
    ["in small letters, with spaces", "Type , content, priority\ntask,A,1"],
    ["with its columns in another order", "PRIORITY;CONTENT;TYPE\r\n1;A;task"],
    ["behind a line that names the delimiter", "sep=;\nTYPE;CONTENT;PRIORITY\ntask;A;1"],
    ["in quotation marks behind a byte order mark", '\uFEFF"TYPE"\t"CONTENT"\t"PRIORITY"\n"task"\t"A"\t"1"']
  ])("is found %s", (_, text) => {
    const entries = Array.from(readText(text, "File.csv").pipe(Stream.runCollect, Effect.runSync))
    assert.deepStrictEqual(messagesOf(entries), [])
    assert.deepStrictEqual(
      tasksOf(entries).map(({ priority, title }) => [title, priority]),
      [["A", "high"]]
    )
  })
})

describe("A task in a Todoist file", () => {
  it("has its deadline as due date when it has no date, and in the description when it has one", () => {
    const entries = read(
      { TYPE: "task", CONTENT: "A", DEADLINE: "2027-01-31" },
      { TYPE: "task", CONTENT: "B", DATE: "2026-12-01", DEADLINE: "2027-01-31", DESCRIPTION: "Text" },
      { TYPE: "task", CONTENT: "C", DATE: "someday", DEADLINE: "2027-01-31" }
    )
    assert.deepStrictEqual(
      tasksOf(entries).map(({ description, due }) => [due, description]),
      [
        [{ date: "2027-01-31" }, null],
        [{ date: "2026-12-01" }, "Text\n\nDeadline: 2027-01-31"],
        [null, "Deadline: 2027-01-31"]
      ]
    )
    assert.deepStrictEqual(messagesOf(entries), [
      'DATE: "someday" is not a date with day, month and year; imported without a due date'
    ])
  })

  it("reads its date in the language of its row", () => {
    const entries = read({ TYPE: "task", CONTENT: "A", DATE: "20 Dez 2026", DATE_LANG: "de" })
    assert.strictEqual(tasksOf(entries)[0]?.due?.date, "2026-12-20")
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
      "note: not imported, because there is no imported task above it"
    ])
  })

  it("keeps its id when another row of the file changes", () => {
    const [first, second] = tasksOf(read({ TYPE: "task", CONTENT: "A" }, { TYPE: "task", CONTENT: "A" }))
    const [same, other] = tasksOf(read({ TYPE: "task", CONTENT: "A" }, { TYPE: "task", CONTENT: "B" }))
    assert.strictEqual(same?.id, first?.id)
    assert.notStrictEqual(first?.id, second?.id)
    assert.notStrictEqual(other?.id, second?.id)
  })

  it("repeats as its date says in six languages, from the day of the import on", () => {
    const repeating = (DATE: string, DATE_LANG: string) => ({ TYPE: "task", CONTENT: "A", DATE, DATE_LANG })
    const entries = read(
      ...[repeating("every day", "en"), repeating("every! 2 weeks at 9:30", "en"), repeating("jeden Montag", "de")],
      ...[repeating("tous les mois", "fr"), repeating("cada 3 días", "es"), repeating("todo mês", "pt")],
      ...[repeating("elke werkdag", "nl"), repeating("every blue moon", "en"), repeating("varje dag", "sv")]
    )
    assert.deepStrictEqual(
      tasksOf(entries).map(({ due, recurrence }) => [due?.date, due?.time, recurrence?.rrule, recurrence?.anchor]),
      [
        ["2026-11-01", undefined, "FREQ=DAILY", "due"],
        ["2026-11-01", "09:30", "FREQ=WEEKLY;INTERVAL=2", "completion"],
        ["2026-11-02", undefined, "FREQ=WEEKLY;BYDAY=MO", "due"],
        ["2026-11-01", undefined, "FREQ=MONTHLY", "due"],
        ["2026-11-01", undefined, "FREQ=DAILY;INTERVAL=3", "due"],
        ["2026-11-01", undefined, "FREQ=MONTHLY", "due"],
        ["2026-11-02", undefined, "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "due"],
        [undefined, undefined, undefined, undefined],
        [undefined, undefined, undefined, undefined]
      ]
    )
    assert.lengthOf(messagesOf(entries), 2)
  })

  it("is a subtask of the task above it that is indented less", () => {
    const task = (CONTENT: string, INDENT: number) => ({ TYPE: "task", CONTENT, INDENT: String(INDENT) })
    const entries = read(
      ...[task("A", 1), task("B", 2), task("C", 3), task("D", 2), task("E", 1), task("\0", 2), task("F", 3)],
      { TYPE: "section", CONTENT: "S" },
      task("G", 2)
    )
    const tasks = tasksOf(entries)
    const titleOf = (id: string | null | undefined) => tasks.find((other) => other.id === id)?.title
    assert.deepStrictEqual(
      tasks.map(({ parent_id, title }) => [title, titleOf(parent_id)]),
      [
        ["A", undefined],
        ["B", "A"],
        ["C", "B"],
        ["D", "A"],
        ["E", undefined],
        ["F", "E"],
        ["G", undefined]
      ]
    )
    assert.lengthOf(
      messagesOf(entries).filter((message) => message.startsWith("INDENT:")),
      2
    )
  })
})
