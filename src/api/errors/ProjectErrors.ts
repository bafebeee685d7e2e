import { HttpApiError } from "effect/http-api"
import { Project } from "../../domain/Project.ts"
import { problemFields } from "./ProblemFields.ts"

export class ProjectNotFound extends HttpApiError.Problem<ProjectNotFound>()(
  "ProjectNotFound",
  { type: "urn:tasks:project-not-found", status: 404, title: "There is no such project" },
  problemFields("PROJECT_NOT_FOUND", "You have no project with this id.")
) {}

export class ProjectAlreadyExists extends HttpApiError.Problem<ProjectAlreadyExists>()(
  "ProjectAlreadyExists",
  { type: "urn:tasks:project-already-exists", status: 409, title: "There is such a project already" },
  {
    ...problemFields("PROJECT_ALREADY_EXISTS", "You already have a project with this id: see current."),
    current: Project
  }
) {}

export class ProjectVersionConflict extends HttpApiError.Problem<ProjectVersionConflict>()(
  "ProjectVersionConflict",
  { type: "urn:tasks:project-version-conflict", status: 412, title: "The project has changed meanwhile" },
  {
    ...problemFields("PROJECT_VERSION_CONFLICT", "The project has another version than If-Match names: see current."),
    current: Project
  }
) {}
