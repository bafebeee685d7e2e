import { Effect } from "effect"
import { ValidationFailed } from "../../api/errors/CommonErrors.ts"
import * as ApiIdempotencyErrors from "../../api/errors/IdempotencyErrors.ts"
import { ProjectAlreadyExists, ProjectNotFound, ProjectVersionConflict } from "../../api/errors/ProjectErrors.ts"
import { TagAlreadyExists, TagNameTaken, TagNotFound, TagVersionConflict } from "../../api/errors/TagErrors.ts"
import { TaskAlreadyExists, TaskNotFound, TaskVersionConflict } from "../../api/errors/TaskErrors.ts"
import type {
  AlreadyExists,
  IdempotencyKeyInProgress,
  IdempotencyKeyReused,
  NameTaken,
  NotFound,
  OperationFailed,
  UnknownReference,
  VersionConflict
} from "../../domain/Errors.ts"
import type { Project } from "../../domain/Project.ts"
import type { Tag } from "../../domain/Tag.ts"
import type { Task } from "../../domain/Task.ts"
import type { TaskOperation } from "../../domain/TaskBulk.ts"

/** Each domain error as the API's error with the tag that the map gives for its tag. */
type Mapped<E extends { readonly _tag: string }, Map> = E["_tag"] extends infer Tag
  ? Tag extends keyof Map
    ? Map[Tag]
    : never
  : never

type TaskError = NotFound | AlreadyExists<Task> | VersionConflict<Task> | UnknownReference

const notFoundDetails = {
  trash: "You have no task with this id in the trash.",
  anchor: "You have no task with the id to move to."
} as const

const toTaskError = (error: TaskError, pointer: string, index?: number) => {
  const at = index === undefined ? {} : { index }
  switch (error._tag) {
    case "NotFound":
      return new TaskNotFound(error.in === undefined ? {} : { detail: notFoundDetails[error.in] })
    case "AlreadyExists":
      return new TaskAlreadyExists({
        ...at,
        current: error.current,
        ...(error.in_trash && {
          detail: "You have a task with this id in the trash: restore it or delete it for good, see current."
        })
      })
    case "VersionConflict":
      return new TaskVersionConflict({ ...at, current: error.current })
    case "UnknownReference":
      return invalid(`${pointer}/${error.field}`, error.field === "project_id" ? "project" : "tag")
  }
}

const invalid = (pointer: string, what: string) =>
  new ValidationFailed({ errors: [{ pointer, code: "not_found", message: `You have no such ${what}` }] })

export const mapTaskErrors = <A, E extends TaskError, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.mapError(
    effect,
    (error) =>
      toTaskError(error, "/body") as Mapped<
        E,
        {
          NotFound: TaskNotFound
          AlreadyExists: TaskAlreadyExists
          VersionConflict: TaskVersionConflict
          UnknownReference: ValidationFailed
        }
      >
  )

/** The error of one operation, as that of the whole. A task that does not exist is a fault of the request. */
export const mapBulkErrors =
  (operations: ReadonlyArray<TaskOperation>) =>
  <A, R>(effect: Effect.Effect<A, OperationFailed, R>) =>
    Effect.mapError(effect, ({ error, index }) => {
      const at = `/body/operations/${index}`
      const mapped = toTaskError(error, `${at}/${operations[index]?.op === "create" ? "task" : "change"}`, index)
      return mapped._tag === "TaskNotFound" ? invalid(`${at}/id`, "task") : mapped
    })

type ProjectError = NotFound | AlreadyExists<Project> | VersionConflict<Project>

const toProjectError = (error: ProjectError) => {
  switch (error._tag) {
    case "NotFound":
      return new ProjectNotFound({})
    case "AlreadyExists":
      return new ProjectAlreadyExists({ current: error.current })
    case "VersionConflict":
      return new ProjectVersionConflict({ current: error.current })
  }
}

export const mapProjectErrors = <A, E extends ProjectError, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.mapError(
    effect,
    (error) =>
      toProjectError(error) as Mapped<
        E,
        { NotFound: ProjectNotFound; AlreadyExists: ProjectAlreadyExists; VersionConflict: ProjectVersionConflict }
      >
  )

type TagError = NotFound | AlreadyExists<Tag> | VersionConflict<Tag> | NameTaken

const toTagError = (error: TagError) => {
  switch (error._tag) {
    case "NotFound":
      return new TagNotFound({})
    case "AlreadyExists":
      return new TagAlreadyExists({ current: error.current })
    case "VersionConflict":
      return new TagVersionConflict({ current: error.current })
    case "NameTaken":
      return new TagNameTaken({ current: error.current })
  }
}

export const mapTagErrors = <A, E extends TagError, R>(effect: Effect.Effect<A, E, R>) =>
  Effect.mapError(
    effect,
    (error) =>
      toTagError(error) as Mapped<
        E,
        {
          NotFound: TagNotFound
          AlreadyExists: TagAlreadyExists
          VersionConflict: TagVersionConflict
          NameTaken: TagNameTaken
        }
      >
  )

export const toIdempotencyError = (error: IdempotencyKeyReused | IdempotencyKeyInProgress) =>
  error._tag === "IdempotencyKeyReused"
    ? new ApiIdempotencyErrors.IdempotencyKeyReused({})
    : new ApiIdempotencyErrors.IdempotencyKeyInProgress({})
