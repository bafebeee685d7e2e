import { described } from "../../domain/Description.ts"
import { Project } from "../../domain/Project.ts"
import { ApiError } from "./ApiError.ts"
import { alreadyExists, notFound, versionConflict } from "./ResourceErrors.ts"

export class ProjectNotFound extends ApiError<ProjectNotFound>()("ProjectNotFound", notFound("project")) {}

export class ProjectAlreadyExists extends ApiError<ProjectAlreadyExists>()(
  "ProjectAlreadyExists",
  alreadyExists("project"),
  { current: Project.pipe(described("The project with this id.")) }
) {}

export class ProjectVersionConflict extends ApiError<ProjectVersionConflict>()(
  "ProjectVersionConflict",
  versionConflict("project"),
  { current: Project.pipe(described("The project as it is now.")) }
) {}
