// Messages of PostgreSQL's protocol, as far as PGlite's single session has to look at them: a type of one letter, the
// length, and a body (https://www.postgresql.org/docs/current/protocol-message-formats.html).

/** The first message of a connection has a code in place of a type. */
export const sslRequest = 80877103
export const cancelRequest = 80877102

export const typeOf = (message: Buffer): string => String.fromCharCode(message[0] ?? 0)

/** The complete messages at the beginning of these bytes. */
export function* messages(bytes: Buffer): Generator<Buffer> {
  for (let start = 0, end: number; start + 5 <= bytes.length; start = end) {
    end = start + 1 + bytes.readInt32BE(start + 1)
    if (end > bytes.length) return
    yield bytes.subarray(start, end)
  }
}

const makeMessage = (type: string, body: string): Buffer => {
  const message = Buffer.from(`${type}\0\0\0\0${body}`)
  message.writeInt32BE(message.length - 1, 1)
  return message
}

/** AuthenticationOk and ReadyForQuery. */
export const greeting = Buffer.concat([makeMessage("R", "\0\0\0\0"), makeMessage("Z", "I")])

const sync = makeMessage("S", "")

export const rollback = Buffer.concat([sync, makeMessage("Q", "ROLLBACK\0")])

/** Closes prepared statements. */
export const closeStatements = (names: ReadonlySet<string>): Buffer =>
  Buffer.concat([...Array.from(names, (name) => makeMessage("C", `S${name}\0`)), sync])

const textAt = (message: Buffer, start: number): string => message.toString("utf8", start, message.indexOf(0, start))

// UNLISTEN would end the notifications of all connections, so it is parsed as an empty statement.
const withoutUnlisten = (parse: Buffer): Buffer => {
  const name = textAt(parse, 5)
  const query = textAt(parse, 5 + Buffer.byteLength(name) + 1)
  return /^\s*unlisten\b/i.test(query) ? makeMessage("P", `${name}\0\0\0\0`) : parse
}

/** Splits what a client sends after each Sync, Flush or simple query, and adds the names of its prepared statements. */
export const makeSplitter = (statements: Set<string>) => {
  let unread = Buffer.alloc(0)
  let batch: Array<Buffer> = []
  return (chunk: Buffer): ReadonlyArray<Buffer> => {
    const batches: Array<Buffer> = []
    unread = Buffer.concat([unread, chunk])
    for (const message of messages(unread)) {
      unread = unread.subarray(message.length)
      const type = typeOf(message)
      batch.push(type === "P" ? withoutUnlisten(message) : message)
      if (type === "P") statements.add(textAt(message, 5))
      if (type === "C") statements.delete(textAt(message, 6))
      if (!"SHQ".includes(type)) continue
      batches.push(Buffer.concat(batch))
      batch = []
    }
    return batches
  }
}
