import { Effect } from "effect"
import type { Database } from "../database/Database.ts"

const batchSize = 1000

/**
 * Deletes up to a thousand expired rows of all users. Rows that another process is deleting are skipped, so that none
 * waits and none is deleted twice.
 */
export const deleteExpired = (table: string, key: string, isExpired: string) => `
  delete from ${table} where (user_id, ${key}) in (
    select user_id, ${key} from ${table} where ${isExpired} limit ${batchSize} for update skip locked
  )
`

/**
 * The same for rows whose deletion changes the counter of their user. Users who are changing something are skipped: the
 * purge never waits, so it cannot deadlock. Their rows are deleted by a later purge.
 */
export const deleteExpiredOfIdle = (table: string, key: string, isExpired: string, returning: string) => `
  with idle as materialized (
    select user_id from account
    where user_id in (select user_id from ${table} where ${isExpired} limit ${batchSize}) for update skip locked
  ), purged as (
    ${deleteExpired(table, key, `${isExpired} and user_id in (select user_id from idle)`)} returning ${returning}
  )
`

/** Repeats a statement until it deletes nothing more, and yields how many rows it has deleted. */
export const purge = (db: Database["Service"], text: string) =>
  Effect.gen(function* () {
    let purged = 0
    for (let rows = 1; rows > 0; purged += rows) rows = (yield* db.maintenance(text)).length
    return purged
  })
