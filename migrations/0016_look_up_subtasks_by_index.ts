import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { createCheckParent } from "./0010_add_subtasks.ts"

// Among users with few tasks, PostgreSQL planned the recursive query as a join with all subtasks of the user. A query
// with "offset 0" is not made a part of another, so that it takes the index. The function decides as before.
const lookedUp = `
        select child.id, below.depth + 1 from below
        cross join lateral (
          select id from task where user_id = new.user_id and parent_id = below.id offset 0
        ) as child
        where below.depth < 5`

export default Effect.flatMap(SqlClient.SqlClient, (sql) => createCheckParent(sql, lookedUp))

export const down = Effect.flatMap(SqlClient.SqlClient, (sql) => createCheckParent(sql))
