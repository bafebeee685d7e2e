import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { exported, file, rowsOf } from "../support/Account.ts"
import { run, timeout } from "../support/Process.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

const header =
  "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE,DURATION,DURATION_UNIT,meta,DEADLINE"

// With a byte order mark and CRLF, as editors add them, and malformed rows from line 13.
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

// Each kind of date, repeats in three languages, deadlines, five levels and one more, comments, and what cannot be read.
const everything = [
  "TYPE,CONTENT,DESCRIPTION,IS_COLLAPSED,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE,DURATION,DURATION_UNIT,meta,DEADLINE,DEADLINE_LANG",
  "meta,view_style=board,,,,,,,,,,,,,,",
  "section,Household 🧹,,,,,,,,,,,,,,",
  "task,Water plants @home,,,1,1,Ada (1),,every 3 days at 9:00,en,Europe/Berlin,,,,,",
  "task,Müll rausbringen @home,,,2,1,Ada (1),,jeden Montag um 7:30,de,Europe/Berlin,,,,,",
  "task,Payer le loyer,,,3,1,Ada (1),,chaque 1er,fr,Europe/Paris,,,,,",
  "task,Review,,,4,1,Ada (1),,every last friday at 16:00,en,America/New_York,60,minute,,2027-06-30,en",
  "task,Backup,,,4,1,Ada (1),,every! 2 weeks,en,,,,,,",
  "task,Steuer,,,1,1,Ada (1),,jeden 27. Januar,de,,,,,,",
  "task,Gym,,,4,1,Ada (1),,every full moon,en,,,,,,",
  "task,Level 1,,,4,1,Ada (1),,2026-12-01,en,,,,,,",
  "task,Level 2,,,4,2,Ada (1),,2026-12-01 09:30,en,Europe/Berlin,,,,,",
  "task,Level 3,,,4,3,Ada (1),,2026-12-01 09:30,en,,,,,,",
  "task,Level 4,,,4,4,Ada (1),,20. Dez. 2026,de,,,,,,",
  "task,Level 5,,,4,5,Ada (1),,1er août 2027 à 14h30,fr,Europe/Paris,,,,,",
  "task,Level 6,,,4,6,Ada (1),,,,,,,,,",
  "note,A comment with a file,,,,,Ada (1),,,,,,,,,",
  'note,"A second comment [[file {""file_name"":""a.pdf"",""file_url"":""https://x.example/a.pdf""}]]",,,,,Ada (1),,,,,,,,,',
  "section,Work,,,,,,,,,,,,,,",
  "task,Deadline only,,,4,1,Ada (1),Bob (2),,,,,,,2027-01-31,en",
  "task,Deadline and date,Text,,4,1,Ada (1),,2027-01-15,en,,2,day,,31 janv. 2027,fr",
  "task,Quarter,,,4,1,Ada (1),,every quarter,en,,,,,,",
  "task,* Uncompletable,,,4,1,Ada (1),,tomorrow,en,,,,,,",
  ",,,,,,,,,,,,,,,"
].join("\n")

const task = (title: string, rest: object = {}) => ({
  title,
  description: null,
  status: "pending",
  priority: "none",
  due: null,
  parent: undefined,
  tags: [],
  ...rest
})

describe("tasks import of a Todoist CSV", () => {
  it.live(
    "imports projects, labels, tasks and notes, warns of what has no counterpart, and names rejected lines",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.make }
        const path = yield* file("Garden [2203306141].csv", garden)
        const { code, stderr, stdout } = yield* run(["import", path, "--sub", "ada"], environment)
        assert.strictEqual(code, 1)
        assert.deepStrictEqual(stderr.trim().split("\n"), [
          'line 3: warning: DURATION: "30" is not imported',
          'line 8: warning: section: "Winter 🌨️" is not imported; its tasks are imported into the project',
          "line 13: warning: CONTENT: Has over 200 characters; the whole text is in the description",
          "line 13: warning: PRIORITY: Must be 1, 2, 3 or 4; imported as 4",
          'line 13: warning: DATE: "31 Feb 2027" is not a date with day, month and year; imported without a due date',
          "line 14: error: Must have a quotation mark closed, or doubled inside a quoted cell",
          "line 15: error: CONTENT: Must not be blank",
          "line 16: error: TYPE: Must be task, section, note or meta",
          "line 17: error: Must not have more cells than the header",
          "tasks: 4 lines were not imported. Correct the lines that are named above and import the file again; rows that exist are not imported twice."
        ])
        assert.strictEqual(
          stdout,
          [
            "imported: 1 project, 2 tags, 7 tasks",
            "already there, not changed: 0 projects, 0 tags, 0 tasks",
            "warnings: 5",
            "not imported: 4 lines",
            ""
          ].join("\n")
        )

        const rows = rowsOf(yield* exported("ada", environment))
        const [project] = rows
        assert.deepInclude(project, { type: "project", name: "Garden", archived: false })
        const tags = new Map(rows.filter(({ type }) => type === "tag").map(({ id, name }) => [id, name]))
        assert.sameMembers(Array.from(tags.values()), ["outdoors", "später"])
        const tasks = rows.filter(({ type }) => type === "task").toSorted((a, b) => (a.position < b.position ? -1 : 1))
        assert.isTrue(tasks.every(({ project_id, version }) => project_id === project.id && version === 1))
        const long = "long ".repeat(60).trim()
        assert.deepStrictEqual(
          tasks.map(({ description, due, parent_id, priority, recurrence, status, tag_ids, title }) => ({
            title,
            description,
            status,
            priority,
            // What repeats is first due on the day of the import.
            due: recurrence?.rrule ?? due,
            parent: tasks.find(({ id }) => id === parent_id)?.title,
            tags: tag_ids.map((id: string) => tags.get(id)).toSorted()
          })),
          [
            task('Prune the "old" roses', {
              description: 'Gloves; shears, ladder\nsecond line\n\nAsk Mira first:\n"now or in March?"',
              priority: "high",
              due: { date: "2026-12-01", time: "09:30", time_zone: "Europe/Berlin" },
              tags: ["outdoors", "später"]
            }),
            task("Mail seeds@example.com about beans", {
              priority: "medium",
              due: { date: "2026-12-24" },
              tags: ["outdoors"]
            }),
            task("Water the cuttings", {
              priority: "low",
              due: "FREQ=DAILY",
              parent: "Mail seeds@example.com about beans"
            }),
            task("Twice", { due: { date: "2027-01-31" } }),
            task("Twice", { due: { date: "2027-01-31" } }),
            task(`${long.slice(0, 199)}…`, { description: long }),
            task("Last")
          ]
        )
      }),
    timeout
  )

  it.live(
    "imports dates, repeats and subtasks of every kind, and names everything that has no counterpart",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.make }
        const path = yield* file("Everything.csv", everything)
        const { code, stderr } = yield* run(["import", path, "--sub", "ada"], environment)
        assert.strictEqual(code, 0)
        assert.deepStrictEqual(stderr.trim().split("\n"), [
          'line 3: warning: section: "Household 🧹" is not imported; its tasks are imported into the project',
          'line 7: warning: DURATION: "60" is not imported',
          'line 10: warning: DATE: "every full moon" is not a date with day, month and year; imported without a due date',
          "line 16: warning: INDENT: 6 is more than the 5 levels; imported at level 5",
          'line 19: warning: section: "Work" is not imported; its tasks are imported into the project',
          'line 20: warning: RESPONSIBLE: "Bob (2)" is not imported',
          'line 21: warning: DURATION: "2" is not imported',
          'line 23: warning: DATE: "tomorrow" is not a date with day, month and year; imported without a due date'
        ])
        const rows = rowsOf(yield* exported("ada", environment))
        const tasks = rows.filter(({ type }) => type === "task").toSorted((a, b) => (a.position < b.position ? -1 : 1))
        const parentOf = ({ parent_id }: { readonly parent_id: string }) =>
          tasks.find(({ id }) => id === parent_id)?.title
        assert.deepStrictEqual(
          tasks.map((task) => {
            // The first day of what repeats is that of the import.
            const { date, ...time } = task.due ?? {}
            return [
              task.title,
              task.priority,
              ...(task.recurrence === null ? [date] : [task.recurrence.rrule, task.recurrence.anchor]),
              ...Object.values(time),
              ...(task.parent_id === null ? [] : [`in ${parentOf(task)}`]),
              ...(task.description === null ? [] : [task.description])
            ]
          }),
          [
            ["Water plants", "high", "FREQ=DAILY;INTERVAL=3", "due", "09:00", "Europe/Berlin"],
            ["Müll rausbringen", "medium", "FREQ=WEEKLY;BYDAY=MO", "due", "07:30", "Europe/Berlin"],
            ["Payer le loyer", "low", "FREQ=MONTHLY;BYMONTHDAY=1", "due"],
            ["Review", "none", "FREQ=MONTHLY;BYDAY=-1FR", "due", "16:00", "America/New_York", "Deadline: 2027-06-30"],
            ["Backup", "none", "FREQ=WEEKLY;INTERVAL=2", "completion"],
            ["Steuer", "high", "FREQ=YEARLY;BYMONTH=1;BYMONTHDAY=27", "due"],
            ["Gym", "none", undefined],
            ["Level 1", "none", "2026-12-01"],
            ["Level 2", "none", "2026-12-01", "09:30", "Europe/Berlin", "in Level 1"],
            ["Level 3", "none", "2026-12-01", "09:30", "in Level 2"],
            ["Level 4", "none", "2026-12-20", "in Level 3"],
            ["Level 5", "none", "2027-08-01", "14:30", "Europe/Paris", "in Level 4"],
            [
              "Level 6",
              "none",
              undefined,
              "in Level 4",
              'A comment with a file\n\nA second comment [[file {"file_name":"a.pdf","file_url":"https://x.example/a.pdf"}]]'
            ],
            ["Deadline only", "none", "2027-01-31"],
            ["Deadline and date", "none", "2027-01-15", "Text\n\nDeadline: 31 janv. 2027"],
            ["Quarter", "none", "FREQ=MONTHLY;INTERVAL=3", "due"],
            ["* Uncompletable", "none", undefined]
          ]
        )
      }),
    timeout
  )

  it.live(
    "exits with 0 when there are warnings only, and reads files with semicolons between the cells",
    () =>
      Effect.gen(function* () {
        const environment = { DATABASE_URL: yield* TestDatabase.make }
        const text = [
          'TYPE;"CONTENT";PRIORITY;DATE;Content',
          "task;Call, then write;2;someday;again",
          "task;@phone;4;"
        ].join("\n")
        const { code, stderr } = yield* run(["import", yield* file("Calls.csv", text), "--sub", "ada"], environment)
        assert.strictEqual(code, 0)
        assert.match(
          stderr,
          /^line 1: warning: of columns that occur again, only the first is imported: CONTENT\nline 2: warning: DATE: [^\n]+\n$/
        )
        const rows = rowsOf(yield* exported("ada", environment))
        assert.sameMembers(
          rows.map(({ name, title }) => name ?? title),
          ["Calls", "phone", "Call, then write", "@phone"]
        )
      }),
    timeout
  )
})
