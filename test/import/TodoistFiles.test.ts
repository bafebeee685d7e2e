import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer, Random, Stream } from "effect"
import { UserId } from "../../src/domain/User.ts"
import { AccountRepo } from "../../src/repositories/AccountRepo.ts"
import { layerPg } from "../support/TestDatabase.ts"
import { importText } from "./importText.ts"

const columns = "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,DATE,DATE_LANG,TIMEZONE,DEADLINE,RESPONSIBLE".split(",")

const contents = [
  ...["Buy milk", "Buy milk @shop @Shop", "@phone", "@a@b c", "ada@example.com", "", "  ", "@", "@\u0085", "\u0085"],
  ...[
    "a\0b",
    "@a\0b",
    '5" hose',
    '"',
    "two\nlines",
    "two\r\nlines",
    "cr\rhere",
    "tab\there",
    "a;b,c",
    "🎉 Zoë e\u0301"
  ],
  ...["İstanbul @İ", "\uFEFFmark", "\uFFFD", "=1+1", "x".repeat(300), "word ".repeat(500), `@${"l".repeat(60)}`],
  Array.from({ length: 60 }, (_, n) => `@label${n}`).join(" ")
]
const dates = [
  ...["", "", "2026-11-20", "2026-11-20 9:30 PM", "20 Dez 2026", "every day", "tomorrow", "31 Feb 2027", "3/4/2026"],
  ...["\0", "9".repeat(5000), "20 Nov 2026 @ 14:00"]
]
const choices: Record<string, ReadonlyArray<string>> = {
  TYPE: ["task", "task", "task", "task", "note", "note", "section", "meta", "TASK ", "chore", ""],
  CONTENT: contents,
  DESCRIPTION: ["", "", "Text", "a\0b", "line\nline", "d".repeat(2500)],
  PRIORITY: ["", "1", "4", "9", "high"],
  INDENT: ["", "1", "2", "x"],
  DATE: dates,
  DATE_LANG: ["en", "de", "??", "", "pt_BR", "xx"],
  TIMEZONE: ["", "Europe/Berlin", "Mars/Olympus", "\0"],
  DEADLINE: dates,
  RESPONSIBLE: ["", "", "Ada (1)"]
}

interface FileRow {
  readonly line: number
  readonly marker: string
  readonly isNote: boolean
}

/** A file with valid, invalid and malformed rows. Each row of content has a marker that is in no other row. */
const generateFile = (random: typeof Random.Random.Service, seed: number) => {
  const below = (max: number) => Math.floor(random.nextDoubleUnsafe() * max)
  const pick = <A>(values: ReadonlyArray<A>) => values[below(values.length)] as A
  const delimiter = pick([",", ";", "\t"])
  const end = pick(["\n", "\r\n", "\r"])
  const parts: Array<string> = [columns.join(delimiter)]
  const rows: Array<FileRow> = []
  let line = 2
  for (let n = 0; n < 3 + below(12); n++) {
    const cells = columns.map((column) => pick(choices[column] ?? [""]))
    const marker = `row${seed}x${n}end`
    cells[1] = `${marker} ${cells[1]}`
    if (below(20) === 0) cells.push("surplus")
    const isMalformed = below(15) === 0
    const quoted = cells.map((cell) => (/["\r\n,;\t]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell))
    const text = isMalformed ? quoted.join(delimiter).replace(marker, `${marker}"`) : quoted.join(delimiter)
    rows.push({ line, marker, isNote: cells[0] === "note" })
    parts.push(text)
    line += text.split(/\r\n|\n|\r/).length
  }
  return { text: `${pick(["", "\uFEFF"])}${parts.join(end)}${pick(["", end])}`, rows }
}

describe("Todoist files", () => {
  layer(AccountRepo.layer.pipe(Layer.provideMerge(layerPg)), { excludeTestServices: true, timeout: 60_000 })((it) => {
    it.effect(
      "500 random files: every row is imported or named in a message, and importing again changes nothing",
      () =>
        Effect.gen(function* () {
          const account = yield* AccountRepo
          for (let seed = 0; seed < 500; seed++) {
            const random = yield* Random.Random.pipe(Random.withSeed(seed))
            const { rows, text } = generateFile(random, seed)
            const owner = UserId.make(`user-${seed}`)
            const { messages, summary } = yield* importText(owner, text, `File ${seed}.csv`)
            const exported = Array.from(yield* Stream.runCollect(yield* account.streamAll(owner)))
            const imported = exported.flatMap((row) => (row.type === "task" ? [`${row.title} ${row.description}`] : []))
            for (const { line, marker } of rows) {
              const isImported = imported.some((content) => content.includes(marker))
              const isNamed = messages.some((message) => message.startsWith(`line ${line}: `))
              assert.isTrue(isImported || isNamed, `${marker} in line ${line} of ${JSON.stringify(text)}`)
            }
            const errors = messages.filter((message) => message.includes(": error: "))
            assert.strictEqual(errors.length, summary.rejectedLines)
            const tasks = exported.filter(({ type }) => type === "task").length
            assert.strictEqual(tasks, summary.counts.added.task)
            if (seed % 10 !== 0) continue
            const again = yield* importText(owner, text, `File ${seed}.csv`)
            assert.deepStrictEqual(again.summary.counts.added, { project: 0, tag: 0, task: 0, completion: 0 })
            assert.deepStrictEqual(again.messages, messages)
          }
        }),
      300_000
    )
  })
})
