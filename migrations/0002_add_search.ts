import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  // The owner is a word of every document. So one index answers "these words, of this user", and a common word costs as
  // much as this user has of it, not as much as all users have.
  //
  // "simple" knows no language, so it serves every language: words are found as they are written.
  yield* sql`
    alter table task add column search tsvector not null generated always as (
      to_tsvector('simple', title || ' ' || coalesce(description, '')) || array_to_tsvector(array['@' || md5(user_id)])
    ) stored
  `
  yield* sql`create index task_by_search on task using gin (search) where deleted_at is null`
})
