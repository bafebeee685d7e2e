import { Effect } from "effect"
import type { Database } from "../database/Database.ts"
import { RowType } from "../domain/Change.ts"
import type { UserId } from "../domain/User.ts"

const batchSize = 500

// Tasks first, because they refer to tags and projects; records of deletions last, because the others make them.
const batches = [
  ...RowType.literals.toReversed().map((type) => [type, "id"]),
  ["idempotency_key", "key"],
  ["event_ticket", "id"],
  ["deletion", "entity, id"]
].map(
  ([table, key]) => `
    delete from ${table}
    where user_id = $1 and (${key}) in (select ${key} from ${table} where user_id = $1 limit ${batchSize})
    returning user_id
  `
)

/**
 * Deletes all rows of a user in transactions that end after a full batch. The last one finds no full batch and deletes
 * the counters, too. It holds them from its beginning, so nothing can be written meanwhile.
 */
export const erase = Effect.fnUntraced(function* (db: Database["Service"], owner: UserId) {
  const batch = Effect.gen(function* () {
    yield* db.write(owner, "select next_seq($1)")
    for (const text of batches) if ((yield* db.write(owner, text)).length === batchSize) return false
    for (const table of ["account_usage", "account"]) yield* db.write(owner, `delete from ${table} where user_id = $1`)
    return true
  })
  while (!(yield* db.transaction(owner, batch)));
})
