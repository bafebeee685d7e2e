import { PgTypes } from "@effect/sql-pg"
import { Result } from "effect"
import { types } from "./PgTimestampCodec.ts"

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

types.register<unknown>(
  PgTypes.OID.jsonb,
  {
    decode: (bytes) => Result.succeed(decodeJson(bytes)),
    encode: (value) => Result.succeed(Buffer.from(`\x01${JSON.stringify(value)}`))
  },
  { arrayOid: PgTypes.OID.jsonbArray }
)

export { types }
