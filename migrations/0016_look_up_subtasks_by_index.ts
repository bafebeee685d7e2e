import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { createCheckParent } from "./0010_add_subtasks.ts"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  // Among users with few tasks, PostgreSQL planned the recursive query as a join with all subtasks of the user. A query
  // with "offset 0" is not made a part of another, so that it takes the index. The function decides as before.
  yield* sql`
    create or replace function check_parent() returns trigger language plpgsql as $$
    declare
      ancestor uuid := new.parent_id;
      levels integer := 1;
    begin
      perform next_seq(new.user_id);
      while ancestor is not null loop
        if ancestor = new.id then
          raise exception 'the parent is a subtask of the task' using errcode = '23514', constraint = 'task_parent_cycle';
        end if;
        levels := levels + 1;
        exit when levels > 5;
        select parent_id into ancestor from task where user_id = new.user_id and id = ancestor;
      end loop;
      if levels + (
        with recursive below as (
          select new.id as id, 0 as depth
          union all
          select child.id, below.depth + 1 from below
          cross join lateral (
            select id from task where user_id = new.user_id and parent_id = below.id offset 0
          ) as child
          where below.depth < 5
        )
        select max(depth) from below
      ) > 5 then
        raise exception 'subtasks are too deep' using errcode = '23514', constraint = 'task_parent_depth';
      end if;
      -- Waits for who moves the parent to the trash.
      perform from task where user_id = new.user_id and id = new.parent_id and deleted_at is null for update;
      if not found then
        raise exception 'the parent is in the trash' using errcode = '23503', constraint = 'task_parent_id';
      end if;
      return null;
    end $$
  `
})

export const down = Effect.flatMap(SqlClient.SqlClient, createCheckParent)
