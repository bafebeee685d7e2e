import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  // Admits its bearer once, in place of a token, to the stream of events of the user. Any process may receive it.
  yield* sql`
    create table event_ticket (
      user_id text not null check (char_length(user_id) between 1 and 255),
      id uuid not null,
      token_expires_at timestamptz(3) not null,
      created_at timestamptz(3) not null default now(),
      primary key (user_id, id)
    )
  `
  yield* sql`create index event_ticket_by_created_at on event_ticket (created_at)`
  yield* sql`
    create policy tenant_isolation on event_ticket
      using (case
        when current_setting('tasks.purging', true) = 'on' then created_at <= now() - interval '30 seconds'
        else user_id = current_setting('tasks.user_id', true)
      end)
      with check (user_id = current_setting('tasks.user_id', true))
  `
})

export const down = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`drop table event_ticket`
})

// A ticket is good for 30 seconds, and a client that has none asks for another.
export const derived = ["event_ticket"]
