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
const makeAssembler = (delimiter: string) => {
  /** Lines that together have an odd number of quotation marks. */
  let pending: ReadonlyArray<Line> = []
  let length = 0

  const push = (line: Line): ReadonlyArray<CsvRecord> => {
    const lines = [...pending, line]
    const isOpen = pending.length > 0 !== hasOddQuotes(line.text)
    const isInvalid = line.error !== undefined || lines.length > maxLines || length + line.text.length > maxLength
    if (!isOpen || isInvalid) return complete(lines, isInvalid)
    pending = lines
    length += line.text.length
    return []
  }

  /** When lines do not form a record together, the first is invalid, and the others may be records of their own. */
  const complete = ([first, ...others]: ReadonlyArray<Line>, isInvalid: boolean): ReadonlyArray<CsvRecord> => {
    pending = []
    length = 0
    if (first === undefined) return []
    if (!isInvalid) {
      const record = parse(first.number, [first, ...others].map(({ text }) => text).join("\n"), delimiter)
      if (record.error === undefined || others.length === 0) return [record]
    }
    return [{ line: first.number, cells: [], error: first.error ?? quoteError }, ...others.flatMap(push)]
  }

  const end = () => {
    const records: Array<CsvRecord> = []
    while (pending.length > 0) records.push(...complete(pending, true))
    return records
  }

  return { push, end }
}

/** The records of a CSV file (RFC 4180). A malformed record does not affect the records after it. */
export const records = <E, R>(lines: Stream.Stream<Line, E, R>, delimiter: string): Stream.Stream<CsvRecord, E, R> =>
  Stream.mapAccum(
    lines,
    () => makeAssembler(delimiter),
    (assembler, line) => [assembler, assembler.push(line)],
    { onHalt: (assembler) => assembler.end() }
  )
