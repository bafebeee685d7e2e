/** The objects of a body that has one in each line. A body that breaks off throws: what came is not the whole. */
export async function* readLines<Row>(response: Response): AsyncGenerator<Row, void, undefined> {
  if (response.body === null) return
  // Not every browser can iterate over a stream.
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  try {
    let rest = ""
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      const lines = (rest + read.value).split("\n")
      rest = lines.pop() ?? ""
      for (const line of lines) yield JSON.parse(line)
    }
  } finally {
    // Whoever stops in the middle wants no more of it.
    await reader.cancel().catch(() => {})
  }
}
