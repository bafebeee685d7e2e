import { Effect } from "effect"
import { SqlClient } from "effect/sql"

// PostgreSQL prepares the expression of a generated column for every statement anew, with the bodies of its SQL functions
// as a part of it. That took longer than to find the words: a quarter of the time of an insertion. The body of a function
// in PL/pgSQL is planned once in a session. Its results are those of before. It names the schema, because pg_restore fills
// the table with an empty search path.
export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  const [row] = yield* sql<{ schema: string }>`select quote_ident(current_schema()) as schema`
  yield* sql`
    create or replace function search_document(owner text, content text) returns tsvector
    language plpgsql immutable parallel safe as $$
    begin
      return array_to_tsvector(${sql.literal(`${row?.schema}.search_words`)}(content) || ('@' || md5(owner)));
    end $$
  `
})

export const down = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`
    create or replace function search_document(owner text, content text) returns tsvector
    language sql immutable parallel safe
    return array_to_tsvector(search_words(content) || ('@' || md5(owner)))
  `
})
