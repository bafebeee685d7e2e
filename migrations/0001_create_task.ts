import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  // The key begins with the owner. An id alone finds nothing, so no statement can forget whose row
  // it means, two users may hold the same id, and nobody can probe for another's. It is also the
  // column to shard by.
  //
  // The checks repeat the limits of the schema: what is in the table is valid whoever wrote it, and
  // rows need no decoding on their way out. Lengths count code points, as the schema does.
  //
  // timestamptz(3): clients see milliseconds, and a page's cursor must name the exact value stored.
  yield* sql`
    create table task (
      user_id text not null check (char_length(user_id) between 1 and 255),
      id uuid not null,
      title text not null check (char_length(title) between 1 and 200 and title !~ '^[ \\t\\n\\r\\f\\v]*$'),
      description text check (char_length(description) <= 2000),
      status text not null default 'pending' check (status in ('pending', 'in_progress', 'completed')),
      version integer not null default 1 check (version >= 1),
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      primary key (user_id, id)
    )
  `

  // The list as it is read: one user's tasks, newest first, with the id to break ties.
  yield* sql`create index task_by_created_at on task (user_id, created_at desc, id desc)`
})
