import { Context, Effect, Layer } from "effect"
import { Database } from "../database/Database.ts"
import { NameTaken, type NotFound, type VersionConflict } from "../domain/Errors.ts"
import type { Tag, TagCreate, TagUpdate } from "../domain/Tag.ts"
import type { UserId } from "../domain/User.ts"
import type { VersionMatch } from "../domain/Version.ts"
import { tagColumns as columns } from "./Columns.ts"
import { mapConstraintViolation } from "./ConstraintViolations.ts"
import { changed, type ResourceRepo, versionedTable } from "./VersionedTable.ts"

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

/** A deleted tag is removed from its tasks, which get a new version. */
export class TagRepo extends Context.Service<TagRepo, ResourceRepo<Tag, TagCreate, TagUpdate, NameTaken>>()(
  "tasks/repositories/TagRepo"
) {
  static readonly layer = Layer.effect(
    TagRepo,
    Effect.gen(function* () {
      const db = yield* Database
      const table = yield* versionedTable<Tag>({ entity: "tag", columns, removeText })

      /** Fails when another tag has the name. It may have been deleted or renamed meanwhile. */
      const failIfNameTaken = Effect.fnUntraced(function* (owner: UserId, name: string) {
        const text = `select ${columns} from tag where user_id = $1 and fold_case(name) = fold_case($2)`
        const [current] = yield* db.query<Tag>(owner, text, [name])
        if (current !== undefined) return yield* new NameTaken({ current })
      })

      const update = Effect.fnUntraced(function* (
        owner: UserId,
        id: Tag["id"],
        change: TagUpdate,
        expected: VersionMatch | undefined
      ): Effect.fn.Return<Tag, NotFound | VersionConflict<Tag> | NameTaken> {
        const rows = yield* table.updateRow(owner, id, change, expected).pipe(
          mapConstraintViolation({ tag_name_unique: () => "name taken" as const }),
          Effect.catch(() => Effect.undefined)
        )
        if (rows !== undefined) return rows[0] ?? (yield* table.missed(owner, id))
        yield* failIfNameTaken(owner, change.name ?? "")
        return yield* update(owner, id, change, expected)
      })

      return {
        list: table.list,
        find: table.find,
        create: (owner, tag) =>
          table.insertUnlessTaken(
            owner,
            tag.id,
            (id) => Effect.orDie(table.insertRow(owner, id, tag)),
            failIfNameTaken(owner, tag.name)
          ),
        update,
        remove: table.remove
      }
    })
  )
}
