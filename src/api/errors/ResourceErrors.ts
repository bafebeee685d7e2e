import { Schema, String } from "effect"
import { described } from "../../domain/Description.ts"
import { Project } from "../../domain/Project.ts"
import { Tag } from "../../domain/Tag.ts"
import { Task } from "../../domain/Task.ts"
import { ApiError } from "./ApiError.ts"

const notFound = (name: string) =>
  ({
    status: 404,
    title: "Not found",
    detail: `You have no ${name} with this id. List yours with GET /api/${name}s.`
  }) as const

const alreadyExists = <Row extends Schema.Top>(name: string, row: Row) =>
  ({
    status: 409,
    title: `${String.capitalize(name)} already exists`,
    detail: `You already have a ${name} with this id. Use the ${name} in \`current\`, or send another id.`,
    fields: { current: row.pipe(described(`The ${name} with this id.`)) }
  }) as const

const versionConflict = <Row extends Schema.Top>(name: string, row: Row) =>
  ({
    status: 412,
    title: "Precondition failed",
    detail: `The ${name} has another version than the request names. Apply the change to the ${name} in \`current\`.`,
    fields: { current: row.pipe(described(`The ${name} as it is now.`)) }
  }) as const

export class ProjectNotFound extends ApiError<ProjectNotFound>()("ProjectNotFound", notFound("project")) {}

export class ProjectAlreadyExists extends ApiError<ProjectAlreadyExists>()(
  "ProjectAlreadyExists",
  alreadyExists("project", Project)
) {}

export class ProjectVersionConflict extends ApiError<ProjectVersionConflict>()(
  "ProjectVersionConflict",
  versionConflict("project", Project)
) {}

export class TagNotFound extends ApiError<TagNotFound>()("TagNotFound", notFound("tag")) {}

export class TagAlreadyExists extends ApiError<TagAlreadyExists>()("TagAlreadyExists", alreadyExists("tag", Tag)) {}

export class TagNameTaken extends ApiError<TagNameTaken>()("TagNameTaken", {
  status: 409,
  title: "Tag name taken",
  detail:
    "You already have a tag with this name; case and invisible characters do not matter. Use the tag in `current`, or choose another name.",
  fields: { current: Tag.pipe(described("The tag with this name.")) }
}) {}

export class TagVersionConflict extends ApiError<TagVersionConflict>()(
  "TagVersionConflict",
  versionConflict("tag", Tag)
) {}

export class TaskNotFound extends ApiError<TaskNotFound>()("TaskNotFound", {
  status: 404,
  title: "Not found",
  detail: "You have no task with this id. It may be in the trash: see GET /api/trash."
}) {}

const index = Schema.optionalKey(Schema.Int).pipe(described("In a bulk request, the failed operation, counted from 0."))

const exists = alreadyExists("task", Task)
const conflict = versionConflict("task", Task)
const in_trash = Schema.optionalKey(Schema.Literal(true)).pipe(described("Present when the task is in the trash."))

export class TaskAlreadyExists extends ApiError<TaskAlreadyExists>()("TaskAlreadyExists", {
  ...exists,
  fields: { index, ...exists.fields, in_trash }
}) {
  static inTrash(members: { readonly current: Task; readonly index?: number }) {
    const restore = `POST /api/tasks/${members.current.id}/restore`
    return new TaskAlreadyExists({
      ...members,
      in_trash: true,
      detail: `A task with this id is in the trash. Restore it with ${restore}, or send another id.`
    })
  }
}

export class TaskVersionConflict extends ApiError<TaskVersionConflict>()("TaskVersionConflict", {
  ...conflict,
  fields: { index, ...conflict.fields }
}) {}
