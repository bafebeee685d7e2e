import { Project } from "../../domain/Project.ts"
import { ApiError } from "./ApiError.ts"
import { alreadyExists, notFound, versionConflict } from "./ResourceErrors.ts"

export class ProjectNotFound extends ApiError<ProjectNotFound>()("ProjectNotFound", notFound("project")) {}

export class ProjectAlreadyExists extends ApiError<ProjectAlreadyExists>()(
  "ProjectAlreadyExists",
  alreadyExists("project", Project)
) {}

export class ProjectVersionConflict extends ApiError<ProjectVersionConflict>()(
  "ProjectVersionConflict",
  versionConflict("project", Project)
) {}
