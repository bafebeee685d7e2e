import create_task from "./0001_create_task.ts"
import create_project_and_tag from "./0002_create_project_and_tag.ts"
import extend_task from "./0003_extend_task.ts"
import add_search from "./0004_add_search.ts"
import create_idempotency_key from "./0005_create_idempotency_key.ts"
import add_row_policies from "./0006_add_row_policies.ts"

/** Every migration, in order. An import each, so that a bundle has them all and a missing file does not compile. */
export const migrations = {
  "0001_create_task": create_task,
  "0002_create_project_and_tag": create_project_and_tag,
  "0003_extend_task": extend_task,
  "0004_add_search": add_search,
  "0005_create_idempotency_key": create_idempotency_key,
  "0006_add_row_policies": add_row_policies
}
