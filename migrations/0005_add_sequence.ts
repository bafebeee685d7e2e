import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  // A counter for each user. Each transaction that changes something of a user takes the next number and keeps the row of
  // the counter locked until it commits. So the numbers of a user become visible in their order: a snapshot that shows a
  // number shows everything with a smaller one. Neither timestamps nor sequences promise that.
  //
  // floor_seq: records of deletions up to this number have been removed. epoch: tells the numbers of an account from those
  // of one that the user erased before.
  yield* sql`
    create table account (
      user_id text primary key check (char_length(user_id) between 1 and 255),
      epoch integer not null default 1 + floor(random() * 2147483646)::integer,
      last_seq bigint not null default 0,
      floor_seq bigint not null default 0
    )
  `
  const isOwner = sql`user_id = current_setting('tasks.user_id', true)`
  const isPurging = sql`current_setting('tasks.purging', true) = 'on'`
  yield* sql`
    create policy tenant_isolation on account
      using (case when ${isPurging} then true else ${isOwner} end)
      with check (case when ${isPurging} then true else ${isOwner} end)
  `

  // The number of the present transaction, which a setting keeps until the transaction ends: "<number> <user>".
  //
  // A statement that changes rows calls this function for each of them before it locks the row. Then two transactions of
  // a user cannot each hold what the other waits for: the second one waits for the counter and holds nothing.
  yield* sql`
    create function next_seq(owner text) returns bigint language plpgsql as $$
    declare
      kept text := current_setting('tasks.seq', true);
      taken bigint;
    begin
      if kept <> '' and substr(kept, strpos(kept, ' ') + 1) = owner then
        return split_part(kept, ' ', 1)::bigint;
      end if;
      insert into account as counter (user_id, last_seq) values (owner, 1)
      on conflict (user_id) do update set last_seq = counter.last_seq + 1
      returning last_seq into taken;
      perform set_config('tasks.seq', taken || ' ' || owner, true);
      return taken;
    end $$
  `
  // For statements that do not call it themselves. Cascades and the previous version of the service are such.
  yield* sql`
    create function take_seq() returns trigger language plpgsql as $$
    begin
      new.seq := next_seq(new.user_id);
      return new;
    end $$
  `
  // Existing rows have the number 0: they come first in a feed, before every change, and none of them is rewritten.
  for (const table of ["project", "tag", "task"]) {
    yield* sql`alter table ${sql(table)} add column seq bigint not null default 0`
    yield* sql`
      create trigger take_seq_on_insert before insert on ${sql(table)}
      for each row when (new.seq = 0) execute function take_seq()
    `
    yield* sql`
      create trigger take_seq_on_update before update on ${sql(table)}
      for each row when (new.seq = old.seq) execute function take_seq()
    `
    // The id, because one transaction may change many rows, and a page may end among them.
    yield* sql`create index ${sql(`${table}_by_seq`)} on ${sql(table)} (user_id, seq, id)`
  }
  yield* sql`alter table deletion add column seq bigint not null default 0`
  yield* sql`create index deletion_by_seq on deletion (user_id, seq, entity, id)`
  yield* sql`create index deletion_to_purge on deletion (deleted_at)`
  yield* sql`
    create or replace function record_deletion() returns trigger language plpgsql as $$
    begin
      insert into deletion (user_id, entity, id, version, seq)
      select user_id, tg_table_name, id, version, next_seq(user_id) from (
        select * from deleted_row order by user_id
      ) as deleted_row
      on conflict (user_id, entity, id) do update
        set version = excluded.version, deleted_at = excluded.deleted_at, seq = excluded.seq;
      return null;
    end $$
  `
  yield* sql`
    insert into account (user_id)
    select user_id from project union select user_id from tag union select user_id from task
  `
})

export const down = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const table of ["project", "tag", "task"]) {
    for (const event of ["insert", "update"]) yield* sql`drop trigger ${sql(`take_seq_on_${event}`)} on ${sql(table)}`
    yield* sql`alter table ${sql(table)} drop column seq`
  }
  yield* sql`drop index deletion_to_purge`
  yield* sql`alter table deletion drop column seq`
  yield* sql`
    create or replace function record_deletion() returns trigger language plpgsql as $$
    begin
      insert into deletion (user_id, entity, id, version)
      select user_id, tg_table_name, id, version from deleted_row
      on conflict (user_id, entity, id) do update set version = excluded.version, deleted_at = excluded.deleted_at;
      return null;
    end $$
  `
  yield* sql`drop function take_seq()`
  yield* sql`drop function next_seq(text)`
  yield* sql`drop table account`
})

// Clients start anew with the feed, which loses nothing.
export const derived = ["account", "project.seq", "tag.seq", "task.seq", "deletion.seq"]
