import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  // The answer to a request that named a key, written in the transaction that did what it asked for:
  // either both are there or neither is. Keys are the user's own.
  yield* sql`
    create table idempotency_key (
      user_id text not null check (char_length(user_id) between 1 and 255),
      key text not null check (char_length(key) between 1 and 255),
      fingerprint text not null,
      status smallint not null,
      headers text not null,
      body text not null,
      created_at timestamptz(3) not null default now(),
      primary key (user_id, key)
    )
  `
  yield* sql`create index idempotency_key_by_created_at on idempotency_key (created_at)`
})
