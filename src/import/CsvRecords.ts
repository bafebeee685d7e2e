import { Effect, Option, Stream } from "effect"
import { Csv } from "effect/encoding"
import type { Line } from "./Lines.ts"

/** A record of a CSV file and the line in which it begins. `error` says why it has no cells. */
export interface CsvRecord {
  readonly line: number
  readonly cells: ReadonlyArray<string>
  readonly error?: string
}

// A cell can contain line breaks. Beyond these limits a quotation mark was opened and not closed.
const maxLines = 500
const maxLength = 1024 * 1024

const quoteError = "Must have a quotation mark closed, or doubled inside a quoted cell"

const hasOddQuotes = (text: string) => text.split('"').length % 2 === 0

const parse = (line: number, text: string, delimiter: string): CsvRecord =>
  Stream.make(text).pipe(
    Stream.pipeThroughChannel(Csv.decodeString({ delimiter })),
    Stream.runHead,
    Effect.match({
      onFailure: () => ({ line, cells: [], error: quoteError }),
      onSuccess: (row) => ({ line, cells: Option.getOrElse(row, () => []) })
    }),
    Effect.runSync
  )

/** Joins the lines of one record: a quotation mark that is open at the end of a line continues in the next. */
class RecordAssembler {
  /** Lines that together have an odd number of quotation marks. */
  private pending: ReadonlyArray<Line> = []
  private length = 0
  private readonly delimiter: string

  constructor(delimiter: string) {
    this.delimiter = delimiter
  }

  push(line: Line): ReadonlyArray<CsvRecord> {
    const lines = [...this.pending, line]
    const isOpen = this.pending.length > 0 !== hasOddQuotes(line.text)
    const isInvalid = line.error !== undefined || lines.length > maxLines || this.length + line.text.length > maxLength
    if (!isOpen || isInvalid) return this.complete(lines, isInvalid)
    this.pending = lines
    this.length += line.text.length
    return []
  }

  end(): ReadonlyArray<CsvRecord> {
    const records: Array<CsvRecord> = []
    while (this.pending.length > 0) records.push(...this.complete(this.pending, true))
    return records
  }

  /** When lines do not form a record together, the first is invalid, and the others may be records of their own. */
  private complete(lines: ReadonlyArray<Line>, isInvalid: boolean): ReadonlyArray<CsvRecord> {
    this.pending = []
    this.length = 0
    const [first, ...others] = lines
    if (first === undefined) return []
    if (first.error !== undefined) {
      return [{ line: first.number, cells: [], error: first.error }, ...others.flatMap((line) => this.push(line))]
    }
    if (!isInvalid) {
      const record = parse(first.number, lines.map(({ text }) => text).join("\n"), this.delimiter)
      if (record.error === undefined || others.length === 0) return [record]
    }
    const invalid = { line: first.number, cells: [], error: quoteError }
    return [invalid, ...others.flatMap((line) => this.push(line))]
  }
}

/** The records of a CSV file (RFC 4180). A malformed record does not affect the records after it. */
export const records = <E, R>(lines: Stream.Stream<Line, E, R>, delimiter: string): Stream.Stream<CsvRecord, E, R> =>
  Stream.mapAccum(
    lines,
    () => new RecordAssembler(delimiter),
    (assembler, line) => [assembler, assembler.push(line)],
    { onHalt: (assembler) => assembler.end() }
  )
