import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  // The highest version of the rows whose records of deletion were removed. New rows of the user start above it: nothing
  // tells any more which of their ids had which version.
  yield* sql`alter table account add column purged_version integer`
  yield* sql`
    create function keep_purged_version() returns trigger language plpgsql as $$
    begin
      update account set purged_version = greatest(purged_version, purged.version)
      from (select user_id, max(version) as version from deleted_row group by user_id) as purged
      where account.user_id = purged.user_id;
      return null;
    end $$
  `
  yield* sql`
    create trigger keep_purged_version after delete on deletion
    referencing old table as deleted_row for each statement execute function keep_purged_version()
  `
  yield* sql`
    create or replace function continue_version() returns trigger language plpgsql as $$
    declare
      last integer;
    begin
      select greatest(
        (select version from deletion where user_id = new.user_id and entity = tg_table_name and id = new.id),
        (select purged_version from account where user_id = new.user_id)
      ) into last;
      if new.version <= last then
        new.version := last + 1;
      end if;
      return new;
    end $$
  `
})

export const down = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`drop trigger keep_purged_version on deletion`
  yield* sql`drop function keep_purged_version()`
  yield* sql`
    create or replace function continue_version() returns trigger language plpgsql as $$
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
  yield* sql`alter table account drop column purged_version`
})
