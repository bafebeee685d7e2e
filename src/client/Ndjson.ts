/** Yields the objects of an NDJSON body. It throws when the body ends early. */
export async function* readLines<Row>(response: Response): AsyncGenerator<Row, void, undefined> {
  if (response.body === null) return
  // Safari cannot iterate over a stream.
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  try {
    let rest = ""
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      const lines = (rest + read.value).split("\n")
      rest = lines.pop() ?? ""
      for (const line of lines) yield JSON.parse(line)
    }
  } finally {
    // The caller may stop before the end.
    await reader.cancel().catch(() => {})
  }
}
