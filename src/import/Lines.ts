import { Stream } from "effect"

/** A line of a file, numbered from 1. `error` says why it has no text. */
export interface Line {
  readonly number: number
  readonly text: string
  readonly error?: string
}

// Far above any task. A file without line breaks must not fill the memory.
const maxLength = 1024 * 1024

/** Drops what a line has beyond the limit. A chunk is kept whole, so a line ends up slightly longer at most. */
const limitLines = <E, R>(text: Stream.Stream<string, E, R>) =>
  Stream.mapAccum(
    text,
    () => 0,
    (length, chunk): readonly [number, ReadonlyArray<string>] => {
      const first = chunk.search(/[\r\n]/)
      if (first < 0) return [length + chunk.length, length > maxLength ? [] : [chunk]]
      const last = Math.max(chunk.lastIndexOf("\r"), chunk.lastIndexOf("\n"))
      return [chunk.length - 1 - last, [length > maxLength ? chunk.slice(first) : chunk]]
    }
  )

const decoder = new TextDecoder("utf-8", { fatal: true })

const decode = (number: number, bytes: string): Line => {
  if (bytes.length > maxLength) return { number, text: "", error: "Must have at most 1 MiB" }
  try {
    return { number, text: decoder.decode(Buffer.from(bytes, "latin1")) }
  } catch {
    return { number, text: "", error: "Must be UTF-8" }
  }
}

/**
 * The lines of a UTF-8 file, which end in LF, CRLF or CR. A byte order mark is removed. The bytes are split as
 * Latin-1, which maps every byte to a character and back: each line is then decoded by itself, so that an invalid
 * byte affects one line only.
 */
export const splitLines = <E, R>(bytes: Stream.Stream<Uint8Array, E, R>): Stream.Stream<Line, E, R> =>
  bytes.pipe(
    Stream.map((chunk) => Buffer.from(chunk).toString("latin1")),
    limitLines,
    Stream.splitLines,
    Stream.mapAccum(
      () => 0,
      (count, text) => [count + 1, [decode(count + 1, text)]]
    )
  )
