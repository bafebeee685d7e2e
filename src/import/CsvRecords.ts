import { Effect, Option, Stream } from "effect"
import { Csv } from "effect/encoding"
import type { Line } from "./Lines.ts"

/** A record of a CSV file, by the line that it begins in. `lost` says why it has no cells. */
export interface Record {
  readonly line: number
  readonly cells: ReadonlyArray<string>
  readonly lost?: string
}

// A cell can hold line breaks, but no cell is as long as this: somebody opened a quote and did not close it.
const maxLines = 500
const maxSize = 1024 * 1024

const hasOddQuotes = (text: string) => text.split('"').length % 2 === 0

const decode = (line: number, text: string, delimiter: string): Record =>
  Stream.make(text).pipe(
    Stream.pipeThroughChannel(Csv.decodeString({ delimiter })),
    Stream.runHead,
    Effect.match({
      onFailure: ({ message }) => ({ line, cells: [], lost: message }),
      onSuccess: (row) => ({ line, cells: Option.getOrElse(row, () => []) })
    }),
    Effect.runSync
  )

/** Puts together what belongs to one record: a quote that is open at the end of a line goes on in the next. */
class Assembler {
  /** Lines with an odd number of quotes together. */
  private pending: ReadonlyArray<Line> = []
  private size = 0
  private readonly delimiter: string

  constructor(delimiter: string) {
    this.delimiter = delimiter
  }

  push(line: Line): ReadonlyArray<Record> {
    const lines = [...this.pending, line]
    const isOpen = this.pending.length > 0 !== hasOddQuotes(line.text)
    const isBroken = line.lost !== undefined || lines.length > maxLines || this.size + line.text.length > maxSize
    if (isOpen && !isBroken) {
      this.pending = lines
      this.size += line.text.length
      return []
    }
    return this.finish(lines, isBroken)
  }

  end(): ReadonlyArray<Record> {
    const records: Array<Record> = []
    while (this.pending.length > 0) records.push(...this.finish(this.pending, true))
    return records
  }

  /** Of lines that are no record together the first is lost, and the others may be records of their own. */
  private finish(lines: ReadonlyArray<Line>, isBroken: boolean): ReadonlyArray<Record> {
    this.pending = []
    this.size = 0
    const [first, ...others] = lines
    if (first === undefined) return []
    if (first.lost !== undefined) return [{ line: first.number, cells: [], lost: first.lost }]
    if (!isBroken) {
      const record = decode(first.number, lines.map(({ text }) => text).join("\n"), this.delimiter)
      if (record.lost === undefined || others.length === 0) return [record]
    }
    const lost = { line: first.number, cells: [], lost: "A quote is not closed or not doubled" }
    return [lost, ...others.flatMap((line) => this.push(line))]
  }
}

/** The records of a CSV file (RFC 4180). One that is damaged is lost alone. */
export const records = <E, R>(lines: Stream.Stream<Line, E, R>, delimiter: string): Stream.Stream<Record, E, R> =>
  Stream.mapAccum(
    lines,
    () => new Assembler(delimiter),
    (assembler, line) => [assembler, assembler.push(line)],
    { onHalt: (assembler) => assembler.end() }
  )
