import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { TagAlreadyExists, TagNameTaken, TagNotFound, TagVersionConflict } from "../api/errors/TagErrors.ts"
import type { ListQuery, Page } from "../domain/Pagination.ts"
import { type Tag, type TagCreate, TagId, type TagUpdate } from "../domain/Tag.ts"
import type { UserId } from "../domain/User.ts"
import type { VersionMatch } from "../domain/Version.ts"
import { listByCreatedAt, versionCondition } from "./ListQueries.ts"
import { mapConstraintViolation, onHeavyPool } from "./QueryRunner.ts"
import { runAsUser } from "./RowLevelSecurity.ts"

/** Every method takes the owner first, and every statement carries it: to anyone else a tag does not exist. */
export class TagRepo extends Context.Service<
  TagRepo,
  {
    list(owner: UserId, query: ListQuery): Effect.Effect<Page<Tag>>
    find(owner: UserId, id: TagId): Effect.Effect<Tag, TagNotFound>
    create(owner: UserId, tag: TagCreate): Effect.Effect<Tag, TagAlreadyExists | TagNameTaken>
    update(
      owner: UserId,
      id: TagId,
      change: TagUpdate,
      expected: VersionMatch | undefined
    ): Effect.Effect<Tag, TagNotFound | TagVersionConflict | TagNameTaken>
    /** Takes it from its tasks, which is a change of each. */
    remove(
      owner: UserId,
      id: TagId,
      expected: VersionMatch | undefined
    ): Effect.Effect<void, TagNotFound | TagVersionConflict>
  }
>()("tasks/repositories/TagRepo") {
  static readonly layer = Layer.effect(
    TagRepo,
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const random = yield* SecureRandom.SecureRandom

      const columns = sql.literal("id, name, color, version, user_id, created_at, updated_at")

      const list = (owner: UserId, query: ListQuery) => listByCreatedAt<Tag>(sql, "tag", columns, owner, query)

      const find = Effect.fnUntraced(function* (owner: UserId, id: TagId) {
        const [tag] = yield* runAsUser(owner)(
          sql<Tag>`select ${columns} from tag where user_id = ${owner} and id = ${id}`
        )
        return tag ?? (yield* new TagNotFound({}))
      })

      /** A write that met no row was meant for another version, or for nothing. */
      const missed = (owner: UserId, id: TagId) =>
        Effect.flatMap(find(owner, id), (current) => Effect.fail(new TagVersionConflict({ current })))

      /** Whose name it is; nobody's any more when that tag was deleted or renamed meanwhile. */
      const findByName = Effect.fnUntraced(function* (owner: UserId, name: string) {
        const [tag] = yield* runAsUser(owner)(
          sql<Tag>`select ${columns} from tag where user_id = ${owner} and lower(name) = lower(${name})`
        )
        return tag
      })

      const nameTaken = mapConstraintViolation({ tag_name_is_unique: () => "name taken" as const })

      const create = Effect.fnUntraced(function* (
        owner: UserId,
        tag: TagCreate
      ): Effect.fn.Return<Tag, TagAlreadyExists | TagNameTaken> {
        const id = tag.id ?? TagId.make(yield* random.uuidV7())
        // No target: the id and the name are both reasons to do nothing.
        const [created] = yield* runAsUser(owner)(sql<Tag>`
          insert into tag (user_id, id, name, color)
          values (${owner}, ${id}, ${tag.name}, ${tag.color ?? null})
          on conflict do nothing
          returning ${columns}
        `)
        if (created !== undefined) return created
        const same = yield* Effect.option(find(owner, id))
        if (same._tag === "Some") return yield* new TagAlreadyExists({ current: same.value })
        const current = yield* findByName(owner, tag.name)
        // Deleted between the statements: then there is room for it after all.
        return current === undefined ? yield* create(owner, tag) : yield* new TagNameTaken({ current })
      })

      const update = Effect.fnUntraced(function* (
        owner: UserId,
        id: TagId,
        change: TagUpdate,
        expected: VersionMatch | undefined
      ): Effect.fn.Return<Tag, TagNotFound | TagVersionConflict | TagNameTaken> {
        const statement = sql<Tag>`
          update tag set
            name = coalesce(${change.name ?? null}, name),
            color = case when ${"color" in change} then ${change.color ?? null} else color end,
            version = version + 1,
            updated_at = now()
          where user_id = ${owner} and id = ${id} ${versionCondition(sql, expected)}
          returning ${columns}
        `
        const rows = yield* runAsUser(owner)(nameTaken(statement)).pipe(Effect.catch(() => Effect.undefined))
        if (rows !== undefined) return rows[0] ?? (yield* missed(owner, id))
        const current = yield* findByName(owner, change.name ?? "")
        return current === undefined ? yield* update(owner, id, change, expected) : yield* new TagNameTaken({ current })
      })

      const remove = Effect.fnUntraced(function* (owner: UserId, id: TagId, expected: VersionMatch | undefined) {
        const [removed] = yield* runAsUser(owner)(sql`
          with removed as (
            delete from tag where user_id = ${owner} and id = ${id} ${versionCondition(sql, expected)}
            returning user_id, id
          ), untagged as (
            update task set version = version + 1, updated_at = now()
            where (user_id, id) in (
              select user_id, task_id from task_tag where (user_id, tag_id) in (select user_id, id from removed)
            )
          )
          select id from removed
        `).pipe(onHeavyPool)
        if (removed === undefined) yield* missed(owner, id)
      })

      return TagRepo.of({ list, find, create, update, remove })
    })
  )
}
