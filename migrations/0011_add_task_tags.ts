import { Effect } from "effect"
import { SqlClient } from "effect/sql"

export default Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient

  // For the statement that changes a task and returns it. While it waited for another change of the same task, that one
  // may have changed the tags. A volatile function sees them, the snapshot of the waiting statement does not.
  yield* sql`
    create function task_tags(owner text, task uuid) returns uuid[] language sql volatile
    return array(select tag_id from task_tag where user_id = owner and task_id = task order by tag_id)
  `
})

export const down = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  yield* sql`drop function task_tags(text, uuid)`
})
