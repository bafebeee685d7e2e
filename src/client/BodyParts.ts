import { NetworkError } from "./Errors.ts"

/**
 * Yields the parts of a body that end with a separator. It throws when the body ends early, and when nothing arrives
 * for `silence` milliseconds.
 */
export async function* readParts(
  response: Response,
  separator: string,
  silence?: number
): AsyncGenerator<string, void, undefined> {
  if (response.body === null) return
  // Safari cannot iterate over a stream.
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let timer: ReturnType<typeof setTimeout> | undefined
  const silent = () =>
    new Promise<never>((_, reject) => {
      if (silence === undefined) return
      timer = setTimeout(() => reject(new NetworkError("timeout", "The service sent nothing for too long.")), silence)
    })
  const read = () => Promise.race([reader.read(), silent()]).finally(() => clearTimeout(timer))
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
