import { Context, Effect, Layer } from "effect"
import type { Project, ProjectCreate, ProjectUpdate } from "../domain/Project.ts"
import { changed, type ResourceRepo, versionedTable } from "./VersionedTable.ts"

// Tasks are locked in the order of their ids, like those of a deleted tag: otherwise two deletions could deadlock.
const removeText = `
  with contained as (
    select id from task where user_id = $1 and project_id = $2 order by id for update
  ), freed as (
    update task set project_id = null, ${changed}
    from contained where user_id = $1 and task.id = contained.id
  )
  delete from project where user_id = $1 and id = $2
`

/** The tasks of a deleted project lose it, and get a new version. */
export class ProjectRepo extends Context.Service<ProjectRepo, ResourceRepo<Project, ProjectCreate, ProjectUpdate>>()(
  "tasks/repositories/ProjectRepo"
) {
  static readonly layer = Layer.effect(
    ProjectRepo,
    Effect.map(versionedTable<Project>({ entity: "project", removeText }), ({ repo }) => repo)
  )
}
