import pg from "pg"
import type { Statement } from "./statements.ts"

// biome-ignore lint/suspicious/noExplicitAny: what a row holds, the statement says
export type Row = any

export interface Database {
  readonly query: (statement: Statement) => Promise<ReadonlyArray<Row>>
}

const size = 10
const options = { connectionString: process.env.DATABASE_URL, statement_timeout: 3_000 }

/** As people use it: a pool, a connection to each statement, timestamps as dates. */
export const pooled = (): Database => {
  const pool = new pg.Pool({ ...options, max: size })
  return { query: async (statement) => (await pool.query({ ...statement, values: [...statement.values] })).rows }
}

/** The statements of many requests on their way at once on every connection, and timestamps as text. */
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
      if (client === undefined) throw new Error("There is no such connection")
      return (await client.query({ ...statement, values: [...statement.values] })).rows
    }
  }
}

const timestamptz = 1184

/** "2026-11-20 21:16:51.6+00" as PostgreSQL writes it, "2026-11-20T21:16:51.600Z" as the contract does. */
const toIso = (text: string) => `${text.slice(0, 10)}T${text.slice(11, 19)}.${text.slice(20, -3).padEnd(3, "0")}Z`
