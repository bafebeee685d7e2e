import { described } from "../../domain/Description.ts"
import { Project } from "../../domain/Project.ts"
import { ApiError } from "./ApiError.ts"

export class ProjectNotFound extends ApiError<ProjectNotFound>()("ProjectNotFound", {
  status: 404,
  title: "Not found",
  detail: "You have no project with this id. List yours with GET /api/projects."
}) {}

export class ProjectAlreadyExists extends ApiError<ProjectAlreadyExists>()(
  "ProjectAlreadyExists",
  {
    status: 409,
    title: "Project already exists",
    detail: "You already have a project with this id. Use the project in `current`, or send another id."
  },
  { current: Project.pipe(described("The project with this id.")) }
) {}

export class ProjectVersionConflict extends ApiError<ProjectVersionConflict>()(
  "ProjectVersionConflict",
  {
    status: 412,
    title: "Precondition failed",
    detail: "The project has another version than If-Match names. Apply the change to the project in `current`."
  },
  { current: Project.pipe(described("The project as it is now.")) }
) {}
