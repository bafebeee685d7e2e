import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  // How many rows each user has, and how many bytes of stored responses, for quotas: to count the rows themselves at each
  // insertion would take longer the more there are.
  //
  // Transactions that write rows of one user take turns anyway, because each takes a number from the counter in account.
  yield* sql`
    create table account_usage (
      user_id text not null check (char_length(user_id) between 1 and 255),
      kind text not null check (kind in ('task', 'project', 'tag', 'stored_response')),
      amount bigint not null,
      primary key (user_id, kind)
    )
  `
  const isOwner = sql`user_id = current_setting('tasks.user_id', true)`
  const isAllowed = sql`case when current_setting('tasks.purging', true) = 'on' then true else ${isOwner} end`
  yield* sql`create policy tenant_isolation on account_usage using (${isAllowed}) with check (${isAllowed})`

  // Triggers, because rows come and go in many ways: requests, purges, imports. Users in their order, so that two purges
  // cannot deadlock.
  const add = sql`
    group by user_id order by user_id
    on conflict (user_id, kind) do update set amount = account_usage.amount + excluded.amount
  `
  yield* sql`
    create function count_rows() returns trigger language plpgsql as $$
    begin
      insert into account_usage (user_id, kind, amount)
      select user_id, tg_table_name, case tg_op when 'INSERT' then count(*) else -count(*) end
      from changed_row ${add};
      return null;
    end $$
  `
  yield* sql`
    create function count_stored_responses() returns trigger language plpgsql as $$
    begin
      if tg_op <> 'INSERT' then
        insert into account_usage (user_id, kind, amount)
        select user_id, 'stored_response', -sum(octet_length(headers) + octet_length(body))
        from old_row ${add};
      end if;
      if tg_op <> 'DELETE' then
        insert into account_usage (user_id, kind, amount)
        select user_id, 'stored_response', sum(octet_length(headers) + octet_length(body))
        from new_row ${add};
      end if;
      return null;
    end $$
  `
  for (const table of ["task", "project", "tag"]) {
    for (const [event, rows] of [
      ["insert", "new"],
      ["delete", "old"]
    ] as const) {
      yield* sql`
        create trigger ${sql(`count_${event}`)} after ${sql.literal(event)} on ${sql(table)}
        referencing ${sql.literal(rows)} table as changed_row for each statement execute function count_rows()
      `
    }
    // The triggers have locked the table against other writers, so the count is exact.
    yield* sql`
      insert into account_usage (user_id, kind, amount)
      select user_id, ${sql.literal(`'${table}'`)}, count(*) from ${sql(table)} group by user_id
    `
  }
  for (const [event, rows] of [
    ["insert", "new table as new_row"],
    ["update", "old table as old_row new table as new_row"],
    ["delete", "old table as old_row"]
  ] as const) {
    yield* sql`
      create trigger ${sql(`count_${event}`)} after ${sql.literal(event)} on idempotency_key
      referencing ${sql.literal(rows)} for each statement execute function count_stored_responses()
    `
  }
  yield* sql`
    insert into account_usage (user_id, kind, amount)
    select user_id, 'stored_response', sum(octet_length(headers) + octet_length(body)) from idempotency_key
    group by user_id
  `
})

export const down = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const [table, events] of [
    ["task", ["insert", "delete"]],
    ["project", ["insert", "delete"]],
    ["tag", ["insert", "delete"]],
    ["idempotency_key", ["insert", "update", "delete"]]
  ] as const) {
    for (const event of events) yield* sql`drop trigger ${sql(`count_${event}`)} on ${sql(table)}`
  }
  yield* sql`drop function count_stored_responses()`
  yield* sql`drop function count_rows()`
  yield* sql`drop table account_usage`
})

export const derived = ["account_usage"]
