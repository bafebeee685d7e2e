import { Effect } from "effect"
import { SqlClient } from "effect/sql"

// White space, control characters, Unicode's Default_Ignorable_Code_Point, annotation marks and the blank Braille pattern.
const visible = String.raw`[^\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u1680\u17b4\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]`

const texts = [
  ["project", "name"],
  ["tag", "name"],
  ["task", "title"]
] as const

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const [table, column] of texts) {
    // Rows of earlier versions get a name that can be seen, for they could not be changed otherwise. It ends in the id,
    // because the names of tags are unique. The counter of the user is taken before the row is locked, as everywhere.
    yield* sql`
      update ${sql(table)} set
        ${sql(column)} = 'Untitled ' || id, version = version + 1, updated_at = now(), seq = next_seq(user_id)
      where ${sql(column)} !~ ${visible} and next_seq(user_id) > 0
    `
  }
  for (const [table, column] of texts) {
    // "not valid": no row is read while all requests wait for the lock.
    yield* sql`
      alter table ${sql(table)} add constraint ${sql(`${table}_${column}_visible`)}
      check (${sql(column)} ~ ${sql.literal(`'${visible}'`)}) not valid
    `
  }
})

export const down = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const [table, column] of texts) {
    yield* sql`alter table ${sql(table)} drop constraint ${sql(`${table}_${column}_visible`)}`
  }
})
