import type { SqlClient } from "effect/sql"
import type { ImportedProject, ImportedTag, ImportedTask } from "../domain/AccountExport.ts"
import type { ProjectId } from "../domain/Project.ts"
import type { TagId } from "../domain/Tag.ts"
import type { TaskId } from "../domain/Task.ts"
import type { UserId } from "../domain/User.ts"
import { runAsUser } from "./RowLevelSecurity.ts"

/** What became of a row: new, or there already and left alone. */
export interface Outcome {
  readonly id: ProjectId
  readonly is_new: boolean
}

/** A tag of this name may be there under another id: then that is the one to use. */
export interface TagOutcome {
  readonly id: TagId
  readonly is_new: boolean
  readonly known_as: TagId
}

/** A task that names what the user does not have is not put in. */
export interface TaskOutcome {
  readonly id: TaskId
  readonly is_new: boolean
  readonly lacks_project: boolean
  readonly lacks_tags: ReadonlyArray<TagId>
}

// All rows of a batch are one parameter. A parameter for each value would reach the protocol's limit, and
// every number of rows would be a statement of its own to prepare. The ids within a batch must differ.
const json = (sql: SqlClient.SqlClient, rows: ReadonlyArray<object>) => sql`${JSON.stringify(rows)}::text::jsonb`

export const projects = (sql: SqlClient.SqlClient, owner: UserId, rows: ReadonlyArray<ImportedProject>) =>
  runAsUser(owner)(sql<Outcome>`
    with given as (
      select * from jsonb_to_recordset(${json(sql, rows)}) as given (
        id uuid, name text, description text, color text, archived boolean, version integer,
        created_at timestamptz, updated_at timestamptz
      )
    ), restored as (
      insert into project (user_id, id, name, description, color, archived, version, created_at, updated_at)
      select ${owner}::text, id, name, description, color, archived, version, created_at, updated_at from given
      on conflict (user_id, id) do nothing
      returning id
    )
    select id, id in (select id from restored) as is_new from given
  `)

export const tags = (sql: SqlClient.SqlClient, owner: UserId, rows: ReadonlyArray<ImportedTag>) =>
  // No target: the id and the name are both reasons to do nothing.
  runAsUser(owner)(sql<TagOutcome>`
    with given as (
      select * from jsonb_to_recordset(${json(sql, rows)}) as given (
        id uuid, name text, color text, version integer, created_at timestamptz, updated_at timestamptz
      )
    ), restored as (
      insert into tag (user_id, id, name, color, version, created_at, updated_at)
      select ${owner}::text, id, name, color, version, created_at, updated_at from given
      on conflict do nothing
      returning id, name
    )
    select
      id,
      id in (select id from restored) as is_new,
      coalesce(
        (select tag.id from tag where user_id = ${owner} and tag.id = given.id),
        (select restored.id from restored where restored.id = given.id),
        (select tag.id from tag where user_id = ${owner} and lower(tag.name) = lower(given.name)),
        (select restored.id from restored where lower(restored.name) = lower(given.name)),
        id
      ) as known_as
    from given
  `)

export const tasks = (sql: SqlClient.SqlClient, owner: UserId, rows: ReadonlyArray<ImportedTask>) =>
  runAsUser(owner)(sql<TaskOutcome>`
    with given as (
      select
        *,
        project_id is not null and not exists (
          select from project where project.user_id = ${owner} and project.id = given.project_id
        ) as lacks_project,
        array(
          select tag_id from unnest(tag_ids) as tag_id
          where not exists (select from tag where tag.user_id = ${owner} and tag.id = tag_id)
        ) as lacks_tags
      from jsonb_to_recordset(${json(sql, rows)}) as given (
        id uuid, title text, description text, status text, priority text, due_at timestamptz, project_id uuid,
        tag_ids uuid[], position text, completed_at timestamptz, version integer,
        created_at timestamptz, updated_at timestamptz
      )
    ), restored as (
      insert into task (
        user_id, id, title, description, status, priority, due_at, project_id, position, completed_at, version,
        created_at, updated_at
      )
      select
        ${owner}::text, id, title, description, status, priority, due_at, project_id, position, completed_at, version,
        created_at, updated_at
      from given where not lacks_project and lacks_tags = '{}'
      on conflict (user_id, id) do nothing
      returning id
    ), tagged as (
      insert into task_tag (user_id, task_id, tag_id)
      select ${owner}::text, id, unnest(tag_ids) from given where id in (select id from restored)
    )
    select id, id in (select id from restored) as is_new, lacks_project, lacks_tags from given
  `)
