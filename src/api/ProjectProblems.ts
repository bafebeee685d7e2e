import { HttpApiError } from "effect/http-api"
import { Project } from "../domain/Project.ts"
import { members } from "./Problem.ts"

export class ProjectNotFound extends HttpApiError.Problem<ProjectNotFound>()(
  "ProjectNotFound",
  { type: "urn:tasks:project-not-found", status: 404, title: "There is no such project" },
  members("PROJECT_NOT_FOUND", "You have no project with this id.")
) {}

export class ProjectExists extends HttpApiError.Problem<ProjectExists>()(
  "ProjectExists",
  { type: "urn:tasks:project-exists", status: 409, title: "There is such a project already" },
  { ...members("PROJECT_EXISTS", "You already have a project with this id: see current."), current: Project }
) {}

export class ProjectChanged extends HttpApiError.Problem<ProjectChanged>()(
  "ProjectChanged",
  { type: "urn:tasks:project-changed", status: 412, title: "The project has changed meanwhile" },
  {
    ...members("PROJECT_CHANGED", "The project has another version than If-Match names: see current."),
    current: Project
  }
) {}
