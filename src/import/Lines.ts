import { Stream } from "effect"

/** A line of a file, by its number from 1. `lost` says why there is no text. */
export interface Line {
  readonly number: number
  readonly text: string
  readonly lost?: string
}

// Far above any task, and little enough to hold: a file without line breaks must not fill the memory.
const maxBytes = 1024 * 1024
const lineFeed = 0x0a

class Splitter {
  private readonly decoder = new TextDecoder("utf-8", { fatal: true })
  private readonly parts: Array<Uint8Array> = []
  private size = 0
  private number = 0

  push(bytes: Uint8Array): ReadonlyArray<Line> {
    const lines: Array<Line> = []
    let start = 0
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, start)) {
      this.keep(bytes.subarray(start, end))
      lines.push(this.take())
      start = end + 1
    }
    this.keep(bytes.subarray(start))
    return lines
  }

  end(): ReadonlyArray<Line> {
    return this.size === 0 ? [] : [this.take()]
  }

  private keep(bytes: Uint8Array) {
    this.size += bytes.length
    if (this.size <= maxBytes) this.parts.push(bytes)
  }

  private take(): Line {
    const bytes = Buffer.concat(this.parts)
    const isTooLong = this.size > maxBytes
    this.parts.length = 0
    this.size = 0
    this.number++
    if (isTooLong) return { number: this.number, text: "", lost: "Must have at most 1 MiB" }
    try {
      return { number: this.number, text: this.decoder.decode(bytes).replace(/\r$/, "") }
    } catch {
      return { number: this.number, text: "", lost: "Must be UTF-8" }
    }
  }
}

/** The lines of a file, however it comes in pieces. Each is decoded alone, so that one bad byte costs one line. */
export const splitLines = <E, R>(bytes: Stream.Stream<Uint8Array, E, R>): Stream.Stream<Line, E, R> =>
  Stream.mapAccum(
    bytes,
    () => new Splitter(),
    (splitter, chunk) => [splitter, splitter.push(chunk)],
    { onHalt: (splitter) => splitter.end() }
  )
