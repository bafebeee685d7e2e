/** The objects of a body that has one in each line. A body that breaks off throws: what came is not the whole. */
export async function* readLines<Row>(response: Response): AsyncGenerator<Row, void, undefined> {
  if (response.body === null) return
  let rest = ""
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
    const lines = (rest + text).split("\n")
    rest = lines.pop() ?? ""
    for (const line of lines) if (line !== "") yield JSON.parse(line)
  }
  if (rest !== "") yield JSON.parse(rest)
}
