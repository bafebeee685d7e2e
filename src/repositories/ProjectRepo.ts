import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { ProjectAlreadyExists, ProjectNotFound, ProjectVersionConflict } from "../api/errors/ProjectErrors.ts"
import type { ListQuery, Page } from "../domain/Pagination.ts"
import { type Project, type ProjectCreate, ProjectId, type ProjectUpdate } from "../domain/Project.ts"
import type { UserId } from "../domain/User.ts"
import type { VersionMatch } from "../domain/Version.ts"
import { listByCreatedAt, versionCondition } from "./ListQueries.ts"
import { onHeavyPool } from "./QueryRunner.ts"
import { runAsUser } from "./RowLevelSecurity.ts"

/** Every method takes the owner first, and every statement carries it: to anyone else a project does not exist. */
export class ProjectRepo extends Context.Service<
  ProjectRepo,
  {
    list(owner: UserId, query: ListQuery): Effect.Effect<Page<Project>>
    find(owner: UserId, id: ProjectId): Effect.Effect<Project, ProjectNotFound>
    create(owner: UserId, project: ProjectCreate): Effect.Effect<Project, ProjectAlreadyExists>
    update(
      owner: UserId,
      id: ProjectId,
      change: ProjectUpdate,
      expected: VersionMatch | undefined
    ): Effect.Effect<Project, ProjectNotFound | ProjectVersionConflict>
    /** Sets its tasks free, which is a change of each. */
    remove(
      owner: UserId,
      id: ProjectId,
      expected: VersionMatch | undefined
    ): Effect.Effect<void, ProjectNotFound | ProjectVersionConflict>
  }
>()("tasks/repositories/ProjectRepo") {
  static readonly layer = Layer.effect(
    ProjectRepo,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const random = yield* SecureRandom.SecureRandom

      const columns = sql.literal("id, name, description, color, archived, version, user_id, created_at, updated_at")

      const list = (owner: UserId, query: ListQuery) => listByCreatedAt<Project>(sql, "project", columns, owner, query)

      const find = Effect.fnUntraced(function* (owner: UserId, id: ProjectId) {
        const [project] = yield* runAsUser(owner)(
          sql<Project>`select ${columns} from project where user_id = ${owner} and id = ${id}`
        )
        return project ?? (yield* new ProjectNotFound({}))
      })

      /** A write that met no row was meant for another version, or for nothing. */
      const missed = (owner: UserId, id: ProjectId) =>
        Effect.flatMap(find(owner, id), (current) => Effect.fail(new ProjectVersionConflict({ current })))

      const create = Effect.fnUntraced(function* (
        owner: UserId,
        project: ProjectCreate
      ): Effect.fn.Return<Project, ProjectAlreadyExists> {
        const id = project.id ?? ProjectId.make(yield* random.uuidV7())
        const [created] = yield* runAsUser(owner)(sql<Project>`
          insert into project (user_id, id, name, description, color, archived)
          values (
            ${owner}, ${id}, ${project.name}, ${project.description ?? null}, ${project.color ?? null},
            ${project.archived ?? false}
          )
          on conflict (user_id, id) do nothing
          returning ${columns}
        `)
        if (created !== undefined) return created
        return yield* find(owner, id).pipe(
          Effect.flatMap((current) => Effect.fail(new ProjectAlreadyExists({ current }))),
          // Deleted between the two statements: then there is room for it after all.
          Effect.catchTag("ProjectNotFound", () => create(owner, project))
        )
      })

      const update = Effect.fnUntraced(function* (
        owner: UserId,
        id: ProjectId,
        change: ProjectUpdate,
        expected: VersionMatch | undefined
      ) {
        const [updated] = yield* runAsUser(owner)(sql<Project>`
          update project set
            name = coalesce(${change.name ?? null}, name),
            description = case when ${"description" in change} then ${change.description ?? null} else description end,
            color = case when ${"color" in change} then ${change.color ?? null} else color end,
            archived = coalesce(${change.archived ?? null}, archived),
            version = version + 1,
            updated_at = now()
          where user_id = ${owner} and id = ${id} ${versionCondition(sql, expected)}
          returning ${columns}
        `)
        return updated ?? (yield* missed(owner, id))
      })

      const remove = Effect.fnUntraced(function* (owner: UserId, id: ProjectId, expected: VersionMatch | undefined) {
        const [removed] = yield* runAsUser(owner)(sql`
          with removed as (
            delete from project where user_id = ${owner} and id = ${id} ${versionCondition(sql, expected)}
            returning user_id, id
          ), freed as (
            update task set project_id = null, version = version + 1, updated_at = now()
            where (user_id, project_id) in (select user_id, id from removed)
          )
          select id from removed
        `).pipe(onHeavyPool)
        if (removed === undefined) yield* missed(owner, id)
      })

      return ProjectRepo.of({ list, find, create, update, remove })
    })
  )
}
