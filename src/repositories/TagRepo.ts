import { Context, Effect, Layer } from "effect"
import { Database } from "../database/Database.ts"
import { NameTaken } from "../domain/Errors.ts"
import type { Tag, TagCreate, TagUpdate } from "../domain/Tag.ts"
import type { UserId } from "../domain/User.ts"
import { columnsOf } from "./Columns.ts"
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

const namesakeText = `select ${columnsOf.tag} from tag where user_id = $1 and fold_case(name) = fold_case($2)`

/** A deleted tag is removed from its tasks, which get a new version. */
export class TagRepo extends Context.Service<TagRepo, ResourceRepo<Tag, TagCreate, TagUpdate, NameTaken>>()(
  "tasks/repositories/TagRepo"
) {
  static readonly layer = Layer.effect(
    TagRepo,
    Effect.gen(function* () {
      const db = yield* Database
      const failIfTaken = Effect.fnUntraced(function* (owner: UserId, { name }: { readonly name?: unknown }) {
        const [current] = yield* db.query<Tag>(owner, namesakeText, [name])
        if (current !== undefined) return yield* new NameTaken({ current })
      })
      const unique = { constraint: "tag_name_unique", failIfTaken }
      return (yield* versionedTable<Tag, NameTaken>({ entity: "tag", removeText, unique })).repo
    })
  )
}
