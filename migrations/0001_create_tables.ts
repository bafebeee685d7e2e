import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  // Every key begins with the owner. An id alone finds nothing, so no statement can forget whose row it means, two users
  // may have the same id, and no user can probe for another's. It is also the column to shard by.
  //
  // The checks repeat the limits of the schemas: rows are valid whatever wrote them, and need no decoding when they are
  // read. Lengths count code points, as the schemas do.
  //
  // timestamptz(3): clients see milliseconds, and the cursor of a page must name the exact value stored.
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
  // A person takes two names that differ in case or normal form only for the same. The collation is named, because a
  // database of locale "C" folds ASCII only.
  yield* sql`
    create function fold_case(content text) returns text language sql immutable parallel safe
    return lower(normalize(content, nfc) collate "und-x-icu")
  `
  yield* sql`create unique index tag_name_unique on tag (user_id, fold_case(name))`

  // priority_rank sorts priorities by their meaning, which is not the order of their names.
  //
  // position is a fractional index: text that sorts by its bytes (hence "C") and has room between any two values. A new
  // task goes to the end without a look at where that is: a key may begin with a whole number of any length, "n" says
  // that it has 14 digits, and these hold microseconds since 1970. Ids order two tasks of one microsecond.
  //
  // Foreign keys include the owner: a row cannot refer to another user's. There is no "on delete set null", which would
  // change tasks without a new version: the statement that deletes a project changes its tasks.
  yield* sql`
    create table task (
      user_id text not null check (char_length(user_id) between 1 and 255),
      id uuid not null,
      title text not null check (char_length(title) between 1 and 200 and title !~ '^[ \\t\\n\\r\\f\\v]*$'),
      description text check (char_length(description) <= 2000),
      status text not null default 'pending' check (status in ('pending', 'in_progress', 'completed')),
      priority text not null default 'none' check (priority in ('none', 'low', 'medium', 'high')),
      priority_rank smallint not null generated always as
        (case priority when 'none' then 0 when 'low' then 1 when 'medium' then 2 else 3 end) stored,
      due_at timestamptz(3),
      project_id uuid,
      position text collate "C" not null
        default 'n' || lpad(to_hex((extract(epoch from clock_timestamp()) * 1000000)::bigint), 14, '0')
        check (position ~ '^[A-Za-z][0-9A-Za-z]*$' and char_length(position) <= 1000),
      completed_at timestamptz(3),
      version integer not null default 1 check (version >= 1),
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now(),
      deleted_at timestamptz(3),
      primary key (user_id, id),
      constraint task_completed_at check ((status = 'completed') = (completed_at is not null)),
      constraint task_project_id foreign key (user_id, project_id) references project (user_id, id)
    )
  `

  // An index for each order of a list, over what is not in the trash. An index can be read in both directions, but tasks
  // without a due date come last in either.
  for (const [name, key] of [
    ["created_at", "created_at"],
    ["updated_at", "updated_at"],
    ["due_at", "coalesce(due_at, timestamptz 'infinity')"],
    ["due_at_desc", "coalesce(due_at, timestamptz '-infinity')"],
    ["priority", "priority_rank"],
    ["position", "position"],
    ["title", 'lower(title) collate "C"']
  ] as const) {
    yield* sql`
      create index ${sql(`task_by_${name}`)} on task (user_id, (${sql.literal(key)}), id) where deleted_at is null
    `
  }
  // Without it, a list of a status that few tasks have would read all tasks of the user.
  yield* sql`create index task_by_status on task (user_id, status, created_at, id) where deleted_at is null`
  yield* sql`create index task_by_deleted_at on task (user_id, deleted_at, id) where deleted_at is not null`
  yield* sql`create index task_to_purge on task (deleted_at) where deleted_at is not null`
  yield* sql`create index task_by_project_id on task (user_id, project_id) where project_id is not null`
  // A project has one owner. The planner takes the two columns for independent otherwise, expects hardly any tasks in a
  // large project, and reads and sorts all of them where an index has the order.
  yield* sql`create statistics task_project_dependencies (dependencies) on user_id, project_id from task`

  yield* sql`
    create table task_tag (
      user_id text not null,
      task_id uuid not null,
      tag_id uuid not null,
      primary key (user_id, task_id, tag_id),
      constraint task_tag_task_id foreign key (user_id, task_id) references task (user_id, id) on delete cascade,
      constraint task_tag_tag_id foreign key (user_id, tag_id) references tag (user_id, id) on delete cascade
    )
  `
  yield* sql`create index task_tag_by_tag_id on task_tag (user_id, tag_id, task_id)`
  yield* sql`create statistics task_tag_dependencies (dependencies) on user_id, tag_id from task_tag`

  // Called by the statement that has just locked the task. A function's statements have a snapshot of their own, so they
  // see the tags that a concurrent writer set before it released the lock. Those of the calling statement would not,
  // and leave the tags of both.
  yield* sql`
    create function set_task_tags(owner text, task uuid, tags uuid[]) returns uuid[] language plpgsql as $$
    begin
      delete from task_tag where user_id = owner and task_id = task and tag_id <> all (tags);
      insert into task_tag (user_id, task_id, tag_id) select owner, task, unnest(tags) on conflict do nothing;
      return array(select distinct unnest(tags) order by 1);
    end $$
  `

  // The response to a request with a key, written in the transaction of what it did: both are there or neither is.
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

export const down = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const table of ["idempotency_key", "task_tag", "task", "tag", "project"]) yield* sql`drop table ${sql(table)}`
  yield* sql`drop function set_task_tags(text, uuid, uuid[])`
  yield* sql`drop function fold_case(text)`
})
