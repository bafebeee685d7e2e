import { Effect } from "effect"
import { SqlClient } from "effect/sql"

const joined = `
        select task.id, below.depth + 1 from task
        join below on task.user_id = new.user_id and task.parent_id = below.id and below.depth < 5`

/**
 * Whether a task may have this parent. The counter of the user is locked: of two changes that would make a cycle
 * together, the second one sees the first.
 */
export const createCheckParent = (sql: SqlClient.SqlClient, subtasksOfBelow = joined) => sql`
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
        ${sql.literal(subtasksOfBelow)}
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

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  // subtasks counts the visible subtasks of a task. It is stored, because a count for each row of a list takes longer,
  // and because it is part of the task: a subtask that comes, goes or is completed gives its parent a new version.
  //
  // trashed_with: the task that was moved to the trash, for the subtasks that went there with it.
  yield* sql`
    alter table task
      add column parent_id uuid,
      add column subtasks jsonb not null default '{"total":0,"completed":0}',
      add column trashed_with uuid,
      add constraint task_parent_id foreign key (user_id, parent_id) references task (user_id, id)
        on delete set null (parent_id) not valid
  `
  yield* sql`create index task_by_parent_id on task (user_id, parent_id, position, id) where parent_id is not null`
  yield* sql`create statistics task_parent_dependencies (dependencies) on user_id, parent_id from task`

  yield* createCheckParent(sql)
  yield* sql`
    create function count_subtasks() returns trigger language plpgsql as $$
    declare
      was boolean := tg_op <> 'INSERT' and old.parent_id is not null and old.deleted_at is null;
      is_now boolean := tg_op <> 'DELETE' and new.parent_id is not null and new.deleted_at is null;
      change record;
    begin
      for change in
        select user_id, parent_id, sum(total) as total, sum(completed) as completed from (
          select old.user_id, old.parent_id, -1 as total, -(old.status = 'completed')::int as completed where was
          union all
          select new.user_id, new.parent_id, 1, (new.status = 'completed')::int where is_now
        ) as counted
        group by user_id, parent_id having sum(total) <> 0 or sum(completed) <> 0
        order by parent_id
      loop
        -- An import has the versions of its file.
        update task set
          subtasks = jsonb_build_object(
            'total', (subtasks ->> 'total')::int + change.total,
            'completed', (subtasks ->> 'completed')::int + change.completed
          ),
          seq = next_seq(change.user_id),
          version = case when current_setting('tasks.importing', true) = 'on' then version else version + 1 end,
          updated_at = case when current_setting('tasks.importing', true) = 'on' then updated_at else now() end
        where user_id = change.user_id and id = change.parent_id;
      end loop;
      return null;
    end $$
  `
  // Triggers of one event run in the order of their names: a subtask counts where its parent was checked.
  yield* sql`
    create trigger check_parent_on_insert after insert on task
    for each row when (new.parent_id is not null) execute function check_parent()
  `
  yield* sql`
    create trigger check_parent_on_update after update of parent_id on task
    for each row when (new.parent_id is not null and new.parent_id is distinct from old.parent_id)
    execute function check_parent()
  `
  yield* sql`
    create trigger count_subtasks_on_insert after insert on task
    for each row when (new.parent_id is not null) execute function count_subtasks()
  `
  yield* sql`
    create trigger count_subtasks_on_update after update of parent_id, status, deleted_at on task
    for each row when (coalesce(new.parent_id, old.parent_id) is not null) execute function count_subtasks()
  `
  yield* sql`
    create trigger count_subtasks_on_delete after delete on task
    for each row when (old.parent_id is not null) execute function count_subtasks()
  `
})

export const down = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const trigger of [
    ...["check_parent_on_insert", "check_parent_on_update"],
    ...["count_subtasks_on_insert", "count_subtasks_on_update", "count_subtasks_on_delete"]
  ]) {
    yield* sql`drop trigger ${sql(trigger)} on task`
  }
  yield* sql`drop function check_parent()`
  yield* sql`drop function count_subtasks()`
  yield* sql`drop statistics task_parent_dependencies`
  yield* sql`alter table task drop column parent_id, drop column subtasks, drop column trashed_with`
})

export const derived = ["task.subtasks"]
