import { HttpApiGroup, OpenApi } from "effect/http-api"
import { listQuery } from "../domain/Pagination.ts"
import { Project, ProjectCreate, ProjectId, ProjectUpdate } from "../domain/Project.ts"
import { crudEndpoints } from "./CrudEndpoints.ts"
import { ProjectAlreadyExists, ProjectNotFound, ProjectVersionConflict } from "./errors/ResourceErrors.ts"

export class ProjectsApi extends HttpApiGroup.make("projects")
  .add(
    ...crudEndpoints({
      name: "project",
      id: ProjectId,
      query: listQuery("projects"),
      row: Project,
      create: ProjectCreate,
      update: ProjectUpdate,
      notFound: ProjectNotFound,
      alreadyExists: ProjectAlreadyExists,
      versionConflict: ProjectVersionConflict,
      refused: [],
      descriptions: {
        list: "Newest first, with archived projects.",
        create: "You may send the id: one that you already use is 409 with the project that has it.",
        remove: "Its tasks stay, without a project."
      }
    })
  )
  .annotate(OpenApi.Description, "Projects group tasks.") {}
