import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { Database } from "../database/Database.ts"
import type { AlreadyExists, NotFound, QuotaExceeded, VersionConflict } from "../domain/Errors.ts"
import type { ListQuery, Page } from "../domain/Pagination.ts"
import { type Project, type ProjectCreate, ProjectId, type ProjectUpdate } from "../domain/Project.ts"
import type { UserId } from "../domain/User.ts"
import type { VersionMatch } from "../domain/Version.ts"
import { AccountQuotas } from "./AccountQuotas.ts"
import { listByTime } from "./ListQueries.ts"
import { changed, versionedTable } from "./VersionedTable.ts"

const columns = "id, name, description, color, archived, version, user_id, created_at, updated_at"

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

/** Every method takes the owner first, and every statement carries it: for other users a project does not exist. */
export class ProjectRepo extends Context.Service<
  ProjectRepo,
  {
    list(owner: UserId, query: ListQuery): Effect.Effect<Page<Project>>
    find(owner: UserId, id: ProjectId): Effect.Effect<Project, NotFound>
    create(owner: UserId, project: ProjectCreate): Effect.Effect<Project, AlreadyExists<Project> | QuotaExceeded>
    update(
      owner: UserId,
      id: ProjectId,
      change: ProjectUpdate,
      expected: VersionMatch | undefined
    ): Effect.Effect<Project, NotFound | VersionConflict<Project>>
    /** Its tasks lose their project and get a new version. */
    remove(
      owner: UserId,
      id: ProjectId,
      expected: VersionMatch | undefined
    ): Effect.Effect<void, NotFound | VersionConflict<Project>>
  }
>()("tasks/repositories/ProjectRepo") {
  static readonly layer = Layer.effect(
    ProjectRepo,
    Effect.gen(function* () {
      const db = yield* Database
      const random = yield* SecureRandom.SecureRandom
      const fields = { name: "text", description: "text", color: "text", archived: "boolean" }
      const { project: quota } = yield* AccountQuotas
      const table = versionedTable<Project>(db, { entity: "project", columns, fields, quota })
      const source = { table: "project", columns, where: "user_id = $1", key: "created_at" } as const

      const create = Effect.fnUntraced(function* (owner: UserId, project: ProjectCreate) {
        const id = project.id ?? ProjectId.make(yield* random.uuidV7())
        return yield* table.create(owner, id, Effect.orDie(table.insert(owner, id, project)))
      })

      const update = Effect.fnUntraced(function* (
        owner: UserId,
        id: ProjectId,
        change: ProjectUpdate,
        expected: VersionMatch | undefined
      ) {
        const [updated] = yield* Effect.orDie(table.update(owner, id, change, expected))
        return updated ?? (yield* table.missed(owner, id))
      })

      return ProjectRepo.of({
        list: (owner, query) => listByTime<"created_at", Project>(db, source, owner, query),
        find: table.find,
        create,
        update,
        remove: (owner, id, expected) => table.remove(owner, id, expected, removeText)
      })
    })
  )
}
