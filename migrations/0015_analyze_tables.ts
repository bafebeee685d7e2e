import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  // An import fills tables of which PostgreSQL believes for a minute that they are empty, or that each user has one row.
  // It then reads all rows of the user to find one by its id, for each row of the import. Only the owner of a table can
  // analyze it, so that the function runs as its owner. `changed`: rows that an import has written since the last call. As
  // with autovacuum, a tenth of the table has to change.
  const [row] = yield* sql<{ schema: string }>`select quote_ident(current_schema()) as schema`
  yield* sql`
    create function analyze_tables(changed bigint) returns boolean
    language plpgsql security definer set search_path = ${sql.literal(`${row?.schema}, pg_temp`)} as $$
    begin
      if changed * 10 < (select reltuples from pg_class where oid = 'task'::regclass) then return false; end if;
      analyze project, tag, task, task_tag;
      return true;
    end $$
  `
})

export const down = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`drop function analyze_tables(bigint)`
})
