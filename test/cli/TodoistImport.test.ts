import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import * as CsvRecords from "../../src/import/CsvRecords.ts"
import * as Lines from "../../src/import/Lines.ts"
import * as Cells from "../../src/import/TodoistCells.ts"
import { both, exported, file, rowsOf } from "../support/Account.ts"
import { run, timeout } from "../support/Process.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

const header =
  "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE,DURATION,DURATION_UNIT,meta,DEADLINE"

// As Todoist writes it, and as an editor may leave it: a byte order mark, CRLF, and some damage.
const garden = `\uFEFF${[
  header,
  "meta,view_style=list,,,,,,,,,,,,",
  'task,"Prune the ""old"" roses @outdoors @später","Gloves; shears, ladder\r\nsecond line",1,1,Ada (1),,2026-12-01 09:30,en,Europe/Berlin,30,minute,,',
  'note,"Ask Mira first:\r\n""now or in March?""",,,,,,,,,,,,',
  ",,,,,,,,,,,,,",
  "section,Winter 🌨️,,,,,,,,,,,,",
  "task,Mail seeds@example.com about beans @Outdoors,,2,1,Ada (1),,2026-12-24,en,,,,,",
  "task,Water the cuttings,,3,2,Ada (1),,every day,en,Europe/Berlin,,,,",
  "task,Twice,,4,1,Ada (1),,,en,,,,,2027-01-31",
  "task,Twice,,4,1,Ada (1),,,en,,,,,2027-01-31",
  `task,${"long ".repeat(60).trim()},,9,1,Ada (1),,31 Feb 2027,en,Mars/Olympus,,,,`,
  'task,A 5" hose,,4,1,Ada (1),,,en,,,,,',
  "task,   ,,4,1,Ada (1),,,en,,,,,",
  "chore,Sweep,,4,1,Ada (1),,,en,,,,,",
  "task,Too wide,,4,1,Ada (1),,,en,,,,,,surplus",
  "task,Last"
].join("\r\n")}`

const task = (title: string, rest: object = {}) => ({
  title,
  description: null,
  status: "pending",
  priority: "none",
  due_at: null,
  tags: [],
  ...rest
})

describe.each(both)("tasks import of a project of Todoist's on %s", (_, database) => {
  it.live(
    "keeps what there is a place for, warns of what there is none for, and reports what it cannot read",
    () =>
      Effect.gen(function* () {
        const environment = yield* database
        const path = yield* file("Garden [2203306141].csv", garden)
        const { code, stderr, stdout } = yield* run(["import", path, "--sub", "ada"], environment)
        assert.strictEqual(code, 1)
        assert.deepStrictEqual(stderr.trim().split("\n"), [
          'line 8: warning: section: Is left out, its tasks are in the project: "Winter 🌨️"',
          'line 10: warning: DATE: Is recurring, which tasks here are not: "every day"',
          "line 10: warning: INDENT: Is a sub-task, now a task of its own",
          "line 13: warning: CONTENT: Is over 200 characters, the whole is in the description",
          "line 13: warning: PRIORITY: Must be 1, 2, 3 or 4",
          'line 13: warning: DATE: Must be a date like 2026-11-20 or 2026-11-20 09:30: "31 Feb 2027"',
          "line 14: A quote is not closed or not doubled",
          "line 15: CONTENT: Must not be blank",
          "line 16: TYPE: Must be task, section, note or meta",
          "line 17: Must not have more cells than the header",
          "tasks: 4 lines were lost"
        ])
        assert.strictEqual(
          stdout,
          [
            "imported: 1 project, 2 tags, 7 tasks",
            "already there: 0 projects, 0 tags, 0 tasks",
            "warnings: 6",
            "not imported: 4 lines",
            ""
          ].join("\n")
        )

        const first = yield* exported("ada", environment)
        const rows = rowsOf(first)
        const [project] = rows
        assert.deepInclude(project, { type: "project", name: "Garden", archived: false })
        const tags = new Map(rows.filter(({ type }) => type === "tag").map(({ id, name }) => [id, name]))
        assert.sameMembers(Array.from(tags.values()), ["outdoors", "später"])
        const tasks = rows.filter(({ type }) => type === "task").toSorted((a, b) => (a.position < b.position ? -1 : 1))
        assert.isTrue(tasks.every(({ project_id, version }) => project_id === project.id && version === 1))
        const long = "long ".repeat(60).trim()
        assert.deepStrictEqual(
          tasks.map(({ description, due_at, priority, status, tag_ids, title }) => ({
            title,
            description,
            status,
            priority,
            due_at,
            tags: tag_ids.map((id: string) => tags.get(id)).toSorted()
          })),
          [
            task('Prune the "old" roses', {
              description: 'Gloves; shears, ladder\nsecond line\n\nAsk Mira first:\n"now or in March?"',
              priority: "high",
              due_at: "2026-12-01T08:30:00.000Z",
              tags: ["outdoors", "später"]
            }),
            task("Mail seeds@example.com about beans", {
              priority: "medium",
              due_at: "2026-12-24T00:00:00.000Z",
              tags: ["outdoors"]
            }),
            task("Water the cuttings", { priority: "low" }),
            task("Twice", { due_at: "2027-01-31T00:00:00.000Z" }),
            task("Twice", { due_at: "2027-01-31T00:00:00.000Z" }),
            task(`${long.slice(0, 199)}…`, { description: long }),
            task("Last")
          ]
        )

        const again = yield* run(["import", path, "--sub", "ada"], environment)
        assert.include(again.stdout, "imported: 0 projects, 0 tags, 0 tasks\nalready there: 1 project, 2 tags, 7 tasks")
        assert.strictEqual(yield* exported("ada", environment), first)
      }),
    timeout
  )
})

describe("tasks import of a project of Todoist's", () => {
  it.live(
    "is happy with warnings alone, and with semicolons between the cells",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.make }
        const text = ['TYPE;"CONTENT";PRIORITY;DATE', "task;Call, then write;2;someday", "task;@phone;4;"].join("\n")
        const { code, stderr } = yield* run(["import", yield* file("Calls.csv", text), "--sub", "ada"], environment)
        assert.strictEqual(code, 0)
        assert.match(stderr, /^line 2: warning: DATE: [^\n]+\n$/)
        const rows = rowsOf(yield* exported("ada", environment))
        assert.sameMembers(
          rows.map(({ name, title }) => name ?? title),
          ["Calls", "phone", "Call, then write", "@phone"]
        )
      }),
    timeout
  )
})

describe("A date of Todoist's", () => {
  const of = (cell: string, zone = "") => Cells.date(cell, zone).value

  it("is read with and without a time, in the time zone of its row", () => {
    assert.strictEqual(of("2026-11-20"), "2026-11-20T00:00:00.000Z")
    assert.strictEqual(of("2026-07-20", "America/New_York"), "2026-07-20T04:00:00.000Z")
    assert.strictEqual(of("2026-11-20 14:05", "Asia/Kolkata"), "2026-11-20T08:35:00.000Z")
    assert.strictEqual(of("2026-11-20T14:05:30Z", "Asia/Kolkata"), "2026-11-20T14:05:30.000Z")
    assert.strictEqual(of("2026-11-20T14:05:30-05:00"), "2026-11-20T19:05:30.000Z")
    assert.strictEqual(of("20 Nov 2026"), "2026-11-20T00:00:00.000Z")
    assert.strictEqual(of("Nov 20, 2026 at 9:05"), "2026-11-20T09:05:00.000Z")
  })

  it("is none, with a warning, where it is no day of the calendar", () => {
    assert.deepStrictEqual(Cells.date(" ", ""), { value: null })
    for (const cell of [
      "every 3 days",
      "tomorrow",
      "2026-02-29",
      "2026-13-01",
      "2026-11-20 24:00",
      "0020-01-01",
      "5 Brumaire 2026"
    ]) {
      const { value, warning } = Cells.date(cell, "Europe/Berlin")
      assert.isNull(value, cell)
      assert.match(warning ?? "", /^DATE: /, cell)
    }
    assert.match(Cells.date("2026-11-20", "Mars/Olympus").warning ?? "", /^TIMEZONE: /)
  })
})

describe("The records of a damaged file", () => {
  const records = (text: string) =>
    CsvRecords.records(Lines.splitLines(Stream.make(Buffer.from(text))), ",").pipe(Stream.runCollect, Effect.runSync)

  it("are lost alone where a quote stays open, even to the end", () => {
    assert.deepStrictEqual(records('a,"b\nc,d\ne,f'), [
      { line: 1, cells: [], lost: "A quote is not closed or not doubled" },
      { line: 2, cells: ["c", "d"] },
      { line: 3, cells: ["e", "f"] }
    ])
    const many = Array.from({ length: 2000 }, (_, n) => `x,${n}`)
    const found = records(['a,"b', ...many].join("\n"))
    assert.strictEqual(found.filter(({ lost }) => lost !== undefined).length, 1)
    assert.deepStrictEqual(
      found.slice(1).map(({ cells }) => cells.join(",")),
      many
    )
  })

  it("do not depend on how the bytes come", () => {
    const text = Buffer.from('a,"ü\r\nb"\r\nc,"d ""e"""\n\nf,🎉')
    const whole = records(text.toString())
    assert.deepStrictEqual(
      whole.map(({ cells }) => cells),
      [["a", "ü\nb"], ["c", 'd "e"'], [], ["f", "🎉"]]
    )
    const bytes = Stream.fromIterable(Array.from(text, (byte) => Uint8Array.of(byte))).pipe(Stream.rechunk(1))
    assert.deepStrictEqual(
      CsvRecords.records(Lines.splitLines(bytes), ",").pipe(Stream.runCollect, Effect.runSync),
      whole
    )
  })
})
