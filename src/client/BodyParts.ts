import { NetworkError } from "./Errors.ts"
import { abortable } from "./Retry.ts"

/**
 * Yields the parts of a body that end with a separator. It throws when the body ends early, and when nothing arrives
 * for `silence` milliseconds. A browser may not notice that a connection is dead.
 */
export async function* readParts(
  response: Response,
  separator: string,
  // An event stream sends something every 15 seconds, and an export all the time.
  silence = 40_000
): AsyncGenerator<string, void, undefined> {
  if (response.body === null) return
  // Safari cannot iterate over a stream.
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  const read = () => abortable(reader.read(), AbortSignal.timeout(silence))
  try {
    let rest = ""
    for (let part = await read(); !part.done; part = await read()) {
      const parts = (rest + part.value).split(separator)
      rest = parts.pop() ?? ""
      yield* parts
    }
    // Behind some proxies, a response that was cut off ends like a complete one.
    if (rest !== "") throw new NetworkError("interrupted", "The response ended early.")
  } finally {
    // The caller may stop before the end.
    await reader.cancel().catch(() => {})
  }
}
