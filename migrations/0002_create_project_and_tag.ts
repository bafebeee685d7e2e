import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  yield* sql`
    create table project (
      user_id text not null check (char_length(user_id) between 1 and 255),
      id uuid not null,
      name text not null check (char_length(name) between 1 and 200 and name !~ '^[ \\t\\n\\r\\f\\v]*$'),
      description text check (char_length(description) <= 2000),
      color text check (color ~ '^#[0-9a-f]{6}$'),
      archived boolean not null default false,
      version integer not null default 1 check (version >= 1),
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      primary key (user_id, id)
    )
  `
  yield* sql`create index project_by_created_at on project (user_id, created_at desc, id desc)`

  yield* sql`
    create table tag (
      user_id text not null check (char_length(user_id) between 1 and 255),
      id uuid not null,
      name text not null check (char_length(name) between 1 and 50 and name !~ '^[ \\t\\n\\r\\f\\v]*$'),
      color text check (color ~ '^#[0-9a-f]{6}$'),
      version integer not null default 1 check (version >= 1),
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      primary key (user_id, id)
    )
  `
  yield* sql`create index tag_by_created_at on tag (user_id, created_at desc, id desc)`

  // Two tags that differ in case only are one tag to the person who typed them.
  yield* sql`create unique index tag_name_is_unique on tag (user_id, lower(name))`
})
