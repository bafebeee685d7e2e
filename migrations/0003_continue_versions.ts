import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  // The last version of each row that was deleted for good. Clients choose ids, so an id can come back; a version must
  // not, or the ETag of the old row would match the new one (RFC 9110, 8.8.1).
  yield* sql`
    create table deletion (
      user_id text not null,
      entity text not null check (entity in ('task', 'project', 'tag')),
      id uuid not null,
      version integer not null,
      deleted_at timestamptz(3) not null default now(),
      primary key (user_id, entity, id)
    )
  `

  // Triggers, because rows come and go in many ways: requests, purges, imports, foreign keys.
  yield* sql`
    create function record_deletion() returns trigger language plpgsql as $$
    begin
      insert into deletion (user_id, entity, id, version)
      select user_id, tg_table_name, id, version from deleted_row
      on conflict (user_id, entity, id) do update set version = excluded.version, deleted_at = excluded.deleted_at;
      return null;
    end $$
  `
  yield* sql`
    create function continue_version() returns trigger language plpgsql as $$
    declare
      last integer;
    begin
      select version into last from deletion
      where user_id = new.user_id and entity = tg_table_name and id = new.id;
      if new.version <= last then
        new.version := last + 1;
      end if;
      return new;
    end $$
  `
  for (const table of ["task", "project", "tag"]) {
    yield* sql`
      create trigger record_deletion after delete on ${sql(table)}
      referencing old table as deleted_row for each statement execute function record_deletion()
    `
    yield* sql`
      create trigger continue_version before insert on ${sql(table)}
      for each row execute function continue_version()
    `
  }
})

export const down = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const table of ["task", "project", "tag"]) {
    yield* sql`drop trigger continue_version on ${sql(table)}`
    yield* sql`drop trigger record_deletion on ${sql(table)}`
  }
  yield* sql`drop function continue_version()`
  yield* sql`drop function record_deletion()`
  yield* sql`drop table deletion`
})
