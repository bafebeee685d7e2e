import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { Database } from "../database/Database.ts"
import {
  type AlreadyExists,
  NameTaken,
  type NotFound,
  type QuotaExceeded,
  type VersionConflict
} from "../domain/Errors.ts"
import type { ListQuery, Page } from "../domain/Pagination.ts"
import { type Tag, type TagCreate, TagId, type TagUpdate } from "../domain/Tag.ts"
import type { UserId } from "../domain/User.ts"
import type { VersionMatch } from "../domain/Version.ts"
import { AccountQuotas } from "./AccountQuotas.ts"
import { mapConstraintViolation } from "./ConstraintViolations.ts"
import { listByTime } from "./ListQueries.ts"
import { changed, versionedTable } from "./VersionedTable.ts"

const columns = "id, name, color, version, user_id, created_at, updated_at"

// Tasks are locked in the order of their ids, like those of a deleted project: otherwise two deletions could deadlock.
const removeText = `
  with tagged as (
    select id from task
    where user_id = $1 and id in (select task_id from task_tag where user_id = $1 and tag_id = $2)
    order by id for update
  ), untagged as (
    update task set ${changed} from tagged where user_id = $1 and task.id = tagged.id
  )
  delete from tag where user_id = $1 and id = $2
`

/** Every method takes the owner first, and every statement carries it: for other users a tag does not exist. */
export class TagRepo extends Context.Service<
  TagRepo,
  {
    list(owner: UserId, query: ListQuery): Effect.Effect<Page<Tag>>
    find(owner: UserId, id: TagId): Effect.Effect<Tag, NotFound>
    create(owner: UserId, tag: TagCreate): Effect.Effect<Tag, AlreadyExists<Tag> | NameTaken | QuotaExceeded>
    update(
      owner: UserId,
      id: TagId,
      change: TagUpdate,
      expected: VersionMatch | undefined
    ): Effect.Effect<Tag, NotFound | VersionConflict<Tag> | NameTaken>
    /** Removes it from its tasks, which get a new version. */
    remove(
      owner: UserId,
      id: TagId,
      expected: VersionMatch | undefined
    ): Effect.Effect<void, NotFound | VersionConflict<Tag>>
  }
>()("tasks/repositories/TagRepo") {
  static readonly layer = Layer.effect(
    TagRepo,
    Effect.gen(function* () {
      const db = yield* Database
      const quotas = yield* AccountQuotas
      const random = yield* SecureRandom.SecureRandom
      const table = versionedTable<Tag>(db, {
        entity: "tag",
        columns,
        fields: { name: "text", color: "text" },
        quota: quotas.tag
      })
      const source = { table: "tag", columns, where: "user_id = $1", key: "created_at" } as const

      /** Fails when another tag has the name. It may have been deleted or renamed meanwhile. */
      const failIfNameTaken = Effect.fnUntraced(function* (owner: UserId, name: string) {
        const text = `select ${columns} from tag where user_id = $1 and fold_case(name) = fold_case($2)`
        const [current] = yield* db.query<Tag>(owner, text, [name])
        if (current !== undefined) return yield* new NameTaken({ current })
      })

      const create = Effect.fnUntraced(function* (owner: UserId, tag: TagCreate) {
        const id = tag.id ?? TagId.make(yield* random.uuidV7())
        return yield* table.create(
          owner,
          id,
          Effect.orDie(table.insert(owner, id, tag)),
          failIfNameTaken(owner, tag.name)
        )
      })

      const update = Effect.fnUntraced(function* (
        owner: UserId,
        id: TagId,
        change: TagUpdate,
        expected: VersionMatch | undefined
      ): Effect.fn.Return<Tag, NotFound | VersionConflict<Tag> | NameTaken> {
        const rows = yield* table.update(owner, id, change, expected).pipe(
          mapConstraintViolation({ tag_name_unique: () => "name taken" as const }),
          Effect.catch(() => Effect.undefined)
        )
        if (rows !== undefined) return rows[0] ?? (yield* table.missed(owner, id))
        yield* failIfNameTaken(owner, change.name ?? "")
        return yield* update(owner, id, change, expected)
      })

      return TagRepo.of({
        list: (owner, query) => listByTime<"created_at", Tag>(db, source, owner, query),
        find: table.find,
        create,
        update,
        remove: (owner, id, expected) => table.remove(owner, id, expected, removeText)
      })
    })
  )
}
