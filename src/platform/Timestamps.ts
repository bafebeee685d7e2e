import { PgTypes } from "@effect/sql-pg"
import { Result } from "effect"

const microsecondsTo2000 = 946_684_800_000_000n

/** Timestamps leave the wire as the text that the contract promises, and keep that form to the client. */
export const types = PgTypes.makeRegistry()
types.register<string>(
  PgTypes.OID.timestamptz,
  {
    decode: (bytes) => {
      const microseconds = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigInt64(0) + microsecondsTo2000
      return Result.succeed(new Date(Number(microseconds / 1000n)).toISOString())
    },
    encode: (text) => {
      const bytes = new Uint8Array(8)
      new DataView(bytes.buffer).setBigInt64(0, BigInt(Date.parse(text)) * 1000n - microsecondsTo2000)
      return Result.succeed(bytes)
    }
  },
  { arrayOid: PgTypes.OID.timestamptzArray }
)
