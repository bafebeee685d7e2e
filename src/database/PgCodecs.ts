import { PgTypes } from "@effect/sql-pg"
import { Result } from "effect"
import { toIso } from "../domain/Timestamp.ts"

// Timestamps leave the wire as the text that the contract promises, and keep that form to the client.

const microsecondsTo2000 = 946_684_800_000_000n

/** Milliseconds since 1970 of what PostgreSQL sends: microseconds since 2000 in 64 bits, more than a number holds. */
export const decodeMilliseconds = (bytes: Uint8Array) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 8)
  // 2³² = 4,294,967 × 1000 + 296, so that each part stays whole.
  const [high, low] = [view.getInt32(0), view.getUint32(4)]
  return high * 4_294_967 + Math.floor((high * 296 + low) / 1000) + Number(microsecondsTo2000 / 1000n)
}

const decoder = new TextDecoder()

// Rows share few values, like the count of a task without subtasks, and to parse one takes four times as long.
const values = new Map<string, unknown>()
const maxLength = 100
const maxValues = 10_000

const parse = (bytes: Uint8Array): unknown => JSON.parse(decoder.decode(bytes.subarray(1)))

/** What PostgreSQL sends: the version of the format, which is 1, and the text. Short values are shared and frozen. */
export const decodeJson = (bytes: Uint8Array): unknown => {
  if (bytes.length > maxLength) return parse(bytes)
  const key = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1")
  const known = values.get(key)
  if (known !== undefined) return known
  const value = parse(bytes)
  if (values.size >= maxValues) values.clear()
  values.set(key, Object.freeze(value))
  return value
}

/** How the values of some types are read and written, where the library is slower or has another form. */
export const types = PgTypes.makeRegistry()
types.register<string>(
  PgTypes.OID.timestamptz,
  {
    decode: (bytes) => Result.succeed(toIso(decodeMilliseconds(bytes))),
    encode: (text) => {
      const bytes = new Uint8Array(8)
      new DataView(bytes.buffer).setBigInt64(0, BigInt(Date.parse(text)) * 1000n - microsecondsTo2000)
      return Result.succeed(bytes)
    }
  },
  { arrayOid: PgTypes.OID.timestamptzArray }
)
types.register<unknown>(
  PgTypes.OID.jsonb,
  {
    decode: (bytes) => Result.succeed(decodeJson(bytes)),
    encode: (value) => Result.succeed(Buffer.from(`\x01${JSON.stringify(value)}`))
  },
  { arrayOid: PgTypes.OID.jsonbArray }
)
