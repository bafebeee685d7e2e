import { assert, describe, it } from "@effect/vitest"
import { Effect, Stream } from "effect"
import * as CsvRecords from "../../src/import/CsvRecords.ts"
import { linesOf } from "./importText.ts"

const recordsOf = (text: string | Uint8Array, chunkSize?: number) =>
  CsvRecords.records(linesOf(text, chunkSize), ",").pipe(Stream.runCollect, Effect.runSync)

const cellsOf = (text: string | Uint8Array) => recordsOf(text).map(({ cells }) => cells.join("|"))

describe("CsvRecords", () => {
  it.each([
    ["LF", "\n"],
    ["CRLF", "\r\n"],
    ["CR", "\r"]
  ])("reads records that end in %s with the line in which each begins", (_, end) => {
    assert.deepStrictEqual(recordsOf(`\uFEFFa,"b${end}c"${end}${end}d,e${end}`), [
      { line: 1, cells: ["a", "b\nc"] },
      { line: 3, cells: [] },
      { line: 4, cells: ["d", "e"] }
    ])
  })

  it("rejects only the line of a quotation mark that is not closed, also at the end of the file", () => {
    const [first, ...others] = recordsOf('a,"b\nc,d\ne,f')
    assert.strictEqual(first?.line, 1)
    assert.match(first?.error ?? "", /quotation mark/)
    assert.deepStrictEqual(others, [
      { line: 2, cells: ["c", "d"] },
      { line: 3, cells: ["e", "f"] }
    ])
  })

  it("reads on after a quotation mark that is not closed within 500 lines", () => {
    const lines = Array.from({ length: 2000 }, (_, n) => `x,${n}`)
    const records = recordsOf(['a,"b', ...lines].join("\n"))
    assert.deepStrictEqual(
      records.filter(({ error }) => error !== undefined).map(({ line }) => line),
      [1]
    )
    assert.deepStrictEqual(
      records.slice(1).map(({ cells }) => cells.join(",")),
      lines
    )
  })

  it("rejects only the line that is not UTF-8, also inside a quoted cell", () => {
    const text = Buffer.from("a,b\nc,X\nd,e")
    text[text.indexOf("X")] = 0xff
    assert.deepStrictEqual(recordsOf(text), [
      { line: 1, cells: ["a", "b"] },
      { line: 2, cells: [], error: "Must be UTF-8" },
      { line: 3, cells: ["d", "e"] }
    ])
    const quoted = Buffer.from('a,"b\nX"\nd,e')
    quoted[quoted.indexOf("X")] = 0xff
    assert.deepStrictEqual(
      recordsOf(quoted).map(({ error, line }) => [line, error === undefined]),
      [
        [1, false],
        [2, false],
        [3, true]
      ]
    )
  })

  it("rejects a line of more than 1 MiB without keeping it, and reads the next", () => {
    const records = recordsOf(`a,b\n${"x".repeat(3 * 1024 * 1024)}\nc,d`)
    assert.deepStrictEqual(
      records.map(({ cells, error }) => error ?? cells.join(",")),
      ["a,b", "Must have at most 1 MiB", "c,d"]
    )
  })

  it.each([1, 2, 3, 7])("returns the same records when the file arrives in chunks of %d bytes", (size) => {
    const text = 'a,"ü\r\nb"\r\nc,"d ""e"""\r\rf,🎉'
    assert.deepStrictEqual(cellsOf(text), ["a|ü\nb", 'c|d "e"', "", "f|🎉"])
    assert.deepStrictEqual(recordsOf(text, size), recordsOf(text))
  })
})
