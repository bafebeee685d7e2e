import pg from "pg"
import type { Statement } from "./statements.ts"

// biome-ignore lint/suspicious/noExplicitAny: the statement determines the type of a row
export type Row = any

export interface Database {
  readonly query: (statement: Statement) => Promise<ReadonlyArray<Row>>
}

const size = 10
const options = { connectionString: process.env.DATABASE_URL, statement_timeout: 3_000 }

/** The usual way: a pool, a connection for each statement, timestamps as Date. */
export const pooled = (): Database => {
  const pool = new pg.Pool({ ...options, max: size })
  return { query: async (statement) => (await pool.query({ ...statement, values: [...statement.values] })).rows }
}

/** Statements of many requests are pipelined over each connection. Timestamps stay text. */
export const pipelined = async (): Promise<Database> => {
  const types = { getTypeParser: (oid: number) => (oid === timestamptz ? toIso : pg.types.getTypeParser(oid)) }
  const clients = await Promise.all(
    Array.from({ length: size }, async () => {
      const client = new pg.Client({ ...options, pipeline: true, types })
      await client.connect()
      return client
    })
  )
  let at = 0
  return {
    query: async (statement) => {
      at = (at + 1) % size
      const client = clients[at]
      if (client === undefined) throw new Error("No connection")
      return (await client.query({ ...statement, values: [...statement.values] })).rows
    }
  }
}

const timestamptz = 1184

/** Turns "2026-11-20 21:16:51.6+00", PostgreSQL's format, into "2026-11-20T21:16:51.600Z". */
const toIso = (text: string) => `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).padEnd(3, "0")}Z`
