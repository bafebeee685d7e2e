import type { ProjectId } from "../domain/Project.ts"
import type { QuotaKind, Quotas } from "../domain/Quota.ts"
import type { TagId } from "../domain/Tag.ts"
import type { TaskId } from "../domain/Task.ts"
import { usage } from "./AccountQuotas.ts"
import { clientColumns } from "./Columns.ts"

/** A row that exists is present, and is not changed. One that would exceed the quota of the user is refused. */
interface Outcome<Id> {
  readonly id: Id
  readonly outcome: "added" | "present" | "refused"
}

/** What became of a record, by its type. */
export interface Outcomes {
  readonly project: Outcome<ProjectId>
  /** The account may have a tag of this name under another id: `known_as` is the id to use. */
  readonly tag: Outcome<TagId> & { readonly known_as: TagId }
  /** A task that refers to a project or tag that the user does not have is refused. One in the trash is restored. */
  readonly task: {
    readonly id: TaskId
    readonly outcome: "added" | "restored" | "present" | "refused"
    readonly lacks_project: boolean
    readonly lacks_tags: ReadonlyArray<TagId>
  }
  /** A completion of an unknown task, or of a version that the task has not passed, is refused. */
  readonly completion: {
    readonly task_id: TaskId
    readonly version: number
    readonly outcome: "added" | "present" | "refused"
  }
}

// `$2` of these statements is a batch as JSON. With a parameter for each value, a batch would exceed the limit of 65,535, and
// each batch size would be another statement to prepare. The ids within a batch must differ.

/** Whether a row is within the quota, in SQL. Only new rows count. */
const fits = (kind: QuotaKind, isNew: string, quota: number) =>
  `count(*) filter (where ${isNew}) over (rows unbounded preceding) + ${usage(kind)} <= ${quota}`

const metadata = { version: "integer", created_at: "timestamptz", updated_at: "timestamptz" }

const namesOf = (columns: object) => Object.keys(columns).join(", ")

const given = (columns: Readonly<Record<string, string>>) => {
  const typed = Object.entries(columns).map(([name, type]) => `${name} ${type}`)
  return `jsonb_to_recordset($2::text::jsonb) as given (${typed.join(", ")})`
}

/**
 * Inserts new rows. `isSame` says whether `existing` is the given row, and `knownAs` which id the account has for it. There
 * is no conflict target: a row with the same id and a tag with the same name both count as present.
 */
const insertText = (table: "project" | "tag", quota: number, isSame: string, knownAs: string) => {
  const columns = { id: "uuid", ...clientColumns[table], ...metadata }
  return `
    with given as (
      select *, exists (
        select from ${table} as existing where existing.user_id = $1 and (${isSame})
      ) as is_known
      from ${given(columns)}
    ), counted as (
      select *, ${fits(table, "not is_known", quota)} as fits from given
    ), added as (
      insert into ${table} (user_id, ${namesOf(columns)})
      select $1::text, ${namesOf(columns)} from counted where fits and not is_known
      on conflict do nothing
      returning id, name
    )
    select
      id,
      case when id in (select id from added) then 'added' when fits or is_known then 'present' else 'refused' end
        as outcome,
      ${knownAs} as known_as
    from counted
  `
}

const isSameTag = "existing.id = given.id or fold_case(existing.name) = fold_case(given.name)"

const tagKnownAs = `coalesce(
  (select tag.id from tag where user_id = $1 and tag.id = counted.id),
  (select added.id from added where added.id = counted.id),
  (select tag.id from tag where user_id = $1 and fold_case(tag.name) = fold_case(counted.name)),
  (select added.id from added where fold_case(added.name) = fold_case(counted.name)),
  id
)`

// A task gets its parent when all tasks are there.
const { parent_id: _, ...ofTask } = clientColumns.task
const contents = { ...ofTask, position: "text" }
const taskColumns = { ...contents, ...metadata }
const replacements = Object.keys(contents).map((name) => `${name} = excluded.${name}`)

const isComplete = "not lacks_project and lacks_tags = '{}'"

// A restored task gets a version that it never had, because its content may differ from the content in the trash.
const tasksText = (quota: number) => `
  with given as (
    select
      given.*,
      given.project_id is not null and not exists (
        select from project where project.user_id = $1 and project.id = given.project_id
      ) as lacks_project,
      array(
        select tag_id from unnest(given.tag_ids) as tag_id
        where not exists (select from tag where tag.user_id = $1 and tag.id = tag_id)
      ) as lacks_tags,
      task.id is not null as is_known,
      task.deleted_at is not null as is_in_trash
    from ${given({ id: "uuid", tag_ids: "uuid[]", ...taskColumns })}
    left join task on task.user_id = $1 and task.id = given.id
  ), counted as (
    select *, ${fits("task", `not is_known and ${isComplete}`, quota)} as fits from given
  ), written as (
    insert into task as existing (user_id, seq, id, ${namesOf(taskColumns)})
    select $1::text, next_seq($1), id, ${namesOf(taskColumns)}
    from counted where ${isComplete} and (fits or is_known)
    on conflict (user_id, id) do update set
      ${replacements.join(", ")},
      parent_id = null, trashed_with = null, created_at = excluded.created_at,
      version = greatest(existing.version, excluded.version) + 1, updated_at = now(), deleted_at = null,
      seq = excluded.seq
    where existing.deleted_at is not null
    returning id
  ), untagged as (
    delete from task_tag using given
    where task_tag.user_id = $1 and task_tag.task_id = given.id and task_tag.tag_id <> all (given.tag_ids)
      and given.id in (select id from written)
  ), tagged as (
    insert into task_tag (user_id, task_id, tag_id)
    select $1::text, id, unnest(tag_ids) from given where id in (select id from written)
    on conflict do nothing
  )
  select
    id,
    case
      when id in (select id from written) then case when is_in_trash then 'restored' else 'added' end
      when ${isComplete} and (fits or is_known) then 'present'
      else 'refused'
    end as outcome,
    lacks_project,
    lacks_tags
  from counted
`

// A later completion of the present version would not be recorded if there were one already.
const completionsText = `
  with given as (
    select given.*, task.id is not null as is_possible
    from ${given({ task_id: "uuid", version: "integer", due: "jsonb", completed_at: "timestamptz" })}
    left join task on task.user_id = $1 and task.id = given.task_id and task.version > given.version
  ), added as (
    insert into task_completion (user_id, task_id, version, due, completed_at)
    select $1::text, task_id, version, nullif(due, 'null'), completed_at from given where is_possible
    on conflict do nothing
    returning task_id, version
  )
  select
    task_id,
    version,
    case
      when (task_id, version) in (select task_id, version from added) then 'added'
      when is_possible then 'present'
      else 'refused'
    end as outcome
  from given
`

/** The statement that inserts the records of each type. */
export const importTexts = (quotas: Quotas) => ({
  project: insertText("project", quotas.project, "existing.id = given.id", "id"),
  tag: insertText("tag", quotas.tag, isSameTag, tagKnownAs),
  task: tasksText(quotas.task),
  completion: completionsText
})

export interface Parent {
  readonly id: TaskId
  readonly parent_id: TaskId
  /** Of a task that was there: it gets a parent only if nothing has changed it since an import without the parent. */
  readonly version: number | null
}

/**
 * Makes imported tasks subtasks, when all of them are there. Yields those whose parent the user has. It fails where a task
 * would be below itself, or too deep. New parents keep the versions of their file, although their subtasks are counted.
 */
export const parentsText = `
  with importing as (
    select set_config('tasks.importing', $3, true)
  ), given as (
    select * from ${given({ id: "uuid", parent_id: "uuid", version: "integer" })}
  )
  update task set parent_id = given.parent_id, seq = next_seq($1) from given, importing
  where task.user_id = $1 and task.id = given.id and task.deleted_at is null
    and (given.version is null or (task.version = given.version and task.parent_id is null))
    and exists (
      select from task as parent
      where parent.user_id = $1 and parent.id = given.parent_id and parent.deleted_at is null
    )
  returning task.id
`
