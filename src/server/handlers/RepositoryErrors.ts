import { Effect } from "effect"
import { QuotaExceeded, ValidationFailed } from "../../api/errors/CommonErrors.ts"
import * as Api from "../../api/errors/ResourceErrors.ts"
import type * as Domain from "../../domain/Errors.ts"
import type { Project } from "../../domain/Project.ts"
import type { QuotaKind } from "../../domain/Quota.ts"
import type { Tag } from "../../domain/Tag.ts"
import type { Task } from "../../domain/Task.ts"
import type { TaskOperation } from "../../domain/TaskBulk.ts"

/** The API's error for each domain error that a repository may fail with. */
export type ErrorTable<Tag extends string = string> = { readonly [tag in Tag]: (error: never) => unknown }

export type MappedError<Table extends ErrorTable, E extends { readonly _tag: string }> = ReturnType<Table[E["_tag"]]>

/** Turns domain errors into the errors of the contract. */
export const mapErrors =
  <Tag extends string, Table extends ErrorTable<Tag>>(table: Table & ErrorTable<Tag>) =>
  <A, E extends { readonly _tag: Tag }, R>(effect: Effect.Effect<A, E, R>) =>
    Effect.mapError(effect, (error) => table[error._tag](error as never) as MappedError<Table, E>)

export const invalid = (pointer: string, code: string, message: string) =>
  new ValidationFailed({ errors: [{ pointer, code, message }] })

const notFound = (pointer: string, what: string) => invalid(pointer, "not_found", `You have no such ${what}`)

const quotaDetail = (kind: QuotaKind, limit: number) => {
  switch (kind) {
    case "task":
      return `You have reached the limit of ${limit} tasks, including those in the trash. Delete some permanently.`
    case "stored_response":
      return `You have reached the limit of ${limit} bytes for stored responses to requests with an Idempotency-Key. They are deleted after 24 hours. Until then, send requests without a key.`
    default:
      return `You have reached the limit of ${limit} ${kind}s. Delete some.`
  }
}

export const quotaExceeded = ({ kind, limit }: Domain.QuotaExceeded) =>
  new QuotaExceeded({ quota: kind, limit, detail: quotaDetail(kind, limit) })

export const neverRecurs = (pointer: string) => invalid(pointer, "rrule", "Must be a rule with a further occurrence")

const referenced = { project_id: "project", parent_id: "task", tag_ids: "tag" } as const

const parentMessages = {
  cycle: "Must not be the task itself or one of its subtasks",
  depth: "Must not make more than five levels of tasks"
} as const

const notFoundDetails = {
  trash: "You have no task with this id in the trash.",
  anchor: "You have no task with the id in before or after."
} as const

const excludedDetail = "If-None-Match names the version of `current`, or any version. Nothing was changed."

const versionConflict = <Row>({ current, is_excluded }: Domain.VersionConflict<Row>) => ({
  current,
  ...(is_excluded && { detail: excludedDetail })
})

/** `pointer` leads to the task in the body, and `index` names the operation of a bulk. */
const taskErrorsAt = (pointer: string, at: { readonly index?: number }) => ({
  NotFound: (error: Domain.NotFound) =>
    new Api.TaskNotFound(error.in === undefined ? {} : { detail: notFoundDetails[error.in] }),
  AlreadyExists: ({ current, in_trash }: Domain.AlreadyExists<Task>) =>
    in_trash ? Api.TaskAlreadyExists.inTrash({ current, ...at }) : new Api.TaskAlreadyExists({ current, ...at }),
  VersionConflict: (error: Domain.VersionConflict<Task>) =>
    new Api.TaskVersionConflict({ ...versionConflict(error), ...at }),
  UnknownReference: ({ field }: Domain.UnknownReference) => notFound(`${pointer}/${field}`, referenced[field]),
  InvalidParent: ({ reason }: Domain.InvalidParent) => invalid(`${pointer}/parent_id`, reason, parentMessages[reason]),
  NeverRecurs: () => neverRecurs(`${pointer}/recurrence/rrule`),
  QuotaExceeded: quotaExceeded
})

export const taskErrors = taskErrorsAt("/body", {})

/** The error of one operation as the error of the bulk. A task that does not exist is an error in the request. */
export const bulkErrors = (operations: ReadonlyArray<TaskOperation>) => ({
  OperationFailed: ({ error, index }: Domain.OperationFailed) => {
    const at = `/body/operations/${index}`
    if (error._tag === "NotFound") return notFound(`${at}/id`, "task")
    const table = taskErrorsAt(`${at}/${operations[index]?.op === "create" ? "task" : "change"}`, { index })
    return table[error._tag](error as never)
  }
})

export const projectErrors = {
  NotFound: () => new Api.ProjectNotFound({}),
  AlreadyExists: ({ current }: Domain.AlreadyExists<Project>) => new Api.ProjectAlreadyExists({ current }),
  VersionConflict: (error: Domain.VersionConflict<Project>) => new Api.ProjectVersionConflict(versionConflict(error)),
  QuotaExceeded: quotaExceeded
}

export const tagErrors = {
  NotFound: () => new Api.TagNotFound({}),
  AlreadyExists: ({ current }: Domain.AlreadyExists<Tag>) => new Api.TagAlreadyExists({ current }),
  VersionConflict: (error: Domain.VersionConflict<Tag>) => new Api.TagVersionConflict(versionConflict(error)),
  NameTaken: ({ current }: Domain.NameTaken) => new Api.TagNameTaken({ current }),
  QuotaExceeded: quotaExceeded
}
