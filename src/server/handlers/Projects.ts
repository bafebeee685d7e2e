import { Effect } from "effect"
import type { Groups } from "../../api/Api.ts"
import { ProjectRepo } from "../../repositories/ProjectRepo.ts"
import type { GroupHandlers } from "../compiler/Handlers.ts"
import { crudHandlers } from "./CrudHandlers.ts"
import { projectErrors } from "./RepositoryErrors.ts"

export const projectsHandlers = Effect.map(
  ProjectRepo,
  (projects): GroupHandlers<Groups["projects"]> => crudHandlers("project", projects, projectErrors)
)
