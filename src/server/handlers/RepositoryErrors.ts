import { Effect } from "effect"
import * as CommonErrors from "../../api/errors/CommonErrors.ts"
import { ValidationFailed } from "../../api/errors/CommonErrors.ts"
import { ProjectAlreadyExists, ProjectNotFound, ProjectVersionConflict } from "../../api/errors/ProjectErrors.ts"
import { TagAlreadyExists, TagNameTaken, TagNotFound, TagVersionConflict } from "../../api/errors/TagErrors.ts"
import { TaskAlreadyExists, TaskNotFound, TaskVersionConflict } from "../../api/errors/TaskErrors.ts"
import type {
  AlreadyExists,
  InvalidParent,
  NameTaken,
  NotFound,
  OperationFailed,
  QuotaExceeded,
  UnknownReference,
  VersionConflict
} from "../../domain/Errors.ts"
import type { Project } from "../../domain/Project.ts"
import type { QuotaKind } from "../../domain/Quota.ts"
import type { Tag } from "../../domain/Tag.ts"
import type { Task } from "../../domain/Task.ts"
import type { TaskOperation } from "../../domain/TaskBulk.ts"

/** The API's error for each domain error that a repository may fail with. */
export type ErrorTable<Tag extends string = string> = { readonly [tag in Tag]: (error: never) => unknown }

export type MappedError<Table, E> = E extends { readonly _tag: infer Tag extends keyof Table }
  ? Table[Tag] extends (error: never) => infer Mapped
    ? Mapped
    : never
  : never

/** Turns domain errors into the errors of the contract. */
export const mapErrors =
  <E extends { readonly _tag: string }, Table extends ErrorTable<E["_tag"]>>(table: Table) =>
  <A, R>(effect: Effect.Effect<A, E, R>): Effect.Effect<A, MappedError<Table, E>, R> =>
    Effect.mapError(effect, (error) => {
      const { _tag }: { readonly _tag: E["_tag"] } = error
      return table[_tag](error as never) as MappedError<Table, E>
    })

const notFound = (pointer: string, what: string) =>
  new ValidationFailed({ errors: [{ pointer, code: "not_found", message: `You have no such ${what}` }] })

const quotaDetail = (kind: QuotaKind, limit: number) => {
  switch (kind) {
    case "task":
      return `You have ${limit} tasks, the trash included, and cannot have more. Delete some for good.`
    case "stored_response":
      return `The responses that are stored for your requests with an Idempotency-Key have ${limit} bytes. They are deleted after 24 hours. Send the request without a key.`
    default:
      return `You have ${limit} ${kind}s and cannot have more. Delete some.`
  }
}

export const quotaExceeded = ({ kind, limit }: QuotaExceeded) =>
  new CommonErrors.QuotaExceeded({ quota: kind, limit, detail: quotaDetail(kind, limit) })

const neverRecurs = (pointer: string) =>
  new ValidationFailed({ errors: [{ pointer, code: "rrule", message: "Must be a rule that has a day again" }] })

const referenced = { project_id: "project", parent_id: "task", tag_ids: "tag" } as const

const parentMessages = {
  cycle: "Must not be the task itself or one of its subtasks",
  depth: "Must not make more than five levels of tasks"
} as const

const notFoundDetails = {
  trash: "You have no task with this id in the trash.",
  anchor: "You have no task with the id in before or after."
} as const

/** `pointer` leads to the task in the body, and `index` names the operation of a bulk. */
const taskErrorsAt = (pointer: string, at: { readonly index?: number }) => ({
  NotFound: (error: NotFound) => new TaskNotFound(error.in === undefined ? {} : { detail: notFoundDetails[error.in] }),
  AlreadyExists: ({ current, in_trash }: AlreadyExists<Task>) =>
    in_trash ? TaskAlreadyExists.inTrash({ current, ...at }) : new TaskAlreadyExists({ current, ...at }),
  VersionConflict: ({ current }: VersionConflict<Task>) => new TaskVersionConflict({ current, ...at }),
  UnknownReference: ({ field }: UnknownReference) => notFound(`${pointer}/${field}`, referenced[field]),
  InvalidParent: ({ reason }: InvalidParent) =>
    new ValidationFailed({
      errors: [{ pointer: `${pointer}/parent_id`, code: reason, message: parentMessages[reason] }]
    }),
  NeverRecurs: () => neverRecurs(`${pointer}/recurrence/rrule`),
  QuotaExceeded: quotaExceeded
})

export const taskErrors = taskErrorsAt("/body", {})

/** The error of one operation as the error of the bulk. A task that does not exist is an error in the request. */
export const bulkErrors = (operations: ReadonlyArray<TaskOperation>) => ({
  OperationFailed: ({ error, index }: OperationFailed) => {
    const at = `/body/operations/${index}`
    if (error._tag === "NotFound") return notFound(`${at}/id`, "task")
    const table = taskErrorsAt(`${at}/${operations[index]?.op === "create" ? "task" : "change"}`, { index })
    return table[error._tag](error as never)
  }
})

export const recurrenceErrors = { NeverRecurs: () => neverRecurs("/body/rrule") }

export const projectErrors = {
  NotFound: () => new ProjectNotFound({}),
  AlreadyExists: ({ current }: AlreadyExists<Project>) => new ProjectAlreadyExists({ current }),
  VersionConflict: ({ current }: VersionConflict<Project>) => new ProjectVersionConflict({ current }),
  QuotaExceeded: quotaExceeded
}

export const tagErrors = {
  NotFound: () => new TagNotFound({}),
  AlreadyExists: ({ current }: AlreadyExists<Tag>) => new TagAlreadyExists({ current }),
  VersionConflict: ({ current }: VersionConflict<Tag>) => new TagVersionConflict({ current }),
  NameTaken: ({ current }: NameTaken) => new TagNameTaken({ current }),
  QuotaExceeded: quotaExceeded
}
