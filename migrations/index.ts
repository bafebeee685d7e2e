import type { Effect } from "effect"
import type { SqlClient, SqlError } from "effect/sql"
import * as create_tables from "./0001_create_tables.ts"
import * as add_search from "./0002_add_search.ts"
import * as continue_versions from "./0003_continue_versions.ts"
import * as add_row_level_security from "./0004_add_row_level_security.ts"
import * as add_sequence from "./0005_add_sequence.ts"
import * as add_event_tickets from "./0006_add_event_tickets.ts"
import * as count_usage from "./0007_count_usage.ts"
import * as add_due from "./0008_add_due.ts"
import * as add_recurrence from "./0009_add_recurrence.ts"
import * as add_subtasks from "./0010_add_subtasks.ts"
import * as add_task_tags from "./0011_add_task_tags.ts"
import * as keep_purged_versions from "./0012_keep_purged_versions.ts"
import * as version_detached_subtasks from "./0013_version_detached_subtasks.ts"
import * as plan_search_document_once from "./0014_plan_search_document_once.ts"
import * as analyze_tables from "./0015_analyze_tables.ts"
import * as look_up_subtasks_by_index from "./0016_look_up_subtasks_by_index.ts"
import * as expect_ten_rows_of_a_user from "./0017_expect_ten_rows_of_a_user.ts"
import * as fold_letters from "./0018_fold_letters.ts"
import * as refuse_invisible_texts from "./0019_refuse_invisible_texts.ts"
import * as search_visible_text from "./0020_search_visible_text.ts"
import * as compare_tag_names_as_seen from "./0021_compare_tag_names_as_seen.ts"

type Change = Effect.Effect<void, SqlError.SqlError, SqlClient.SqlClient>

/** What the file of a migration exports. */
export interface Migration {
  /** The migration. */
  readonly default: Change
  /** Undoes it: the schema is then as it was before. */
  readonly down: Change
  /** Tables and columns (`table.column`) that the migration fills from others: `down` loses no data with them. */
  readonly derived?: ReadonlyArray<string>
}

/** Every migration, in order. An import each, so that a bundle has them all and a missing file does not compile. */
export const migrations: Readonly<Record<string, Migration>> = {
  "0001_create_tables": create_tables,
  "0002_add_search": add_search,
  "0003_continue_versions": continue_versions,
  "0004_add_row_level_security": add_row_level_security,
  "0005_add_sequence": add_sequence,
  "0006_add_event_tickets": add_event_tickets,
  "0007_count_usage": count_usage,
  "0008_add_due": add_due,
  "0009_add_recurrence": add_recurrence,
  "0010_add_subtasks": add_subtasks,
  "0011_add_task_tags": add_task_tags,
  "0012_keep_purged_versions": keep_purged_versions,
  "0013_version_detached_subtasks": version_detached_subtasks,
  "0014_plan_search_document_once": plan_search_document_once,
  "0015_analyze_tables": analyze_tables,
  "0016_look_up_subtasks_by_index": look_up_subtasks_by_index,
  "0017_expect_ten_rows_of_a_user": expect_ten_rows_of_a_user,
  "0018_fold_letters": fold_letters,
  "0019_refuse_invisible_texts": refuse_invisible_texts,
  "0020_search_visible_text": search_visible_text,
  "0021_compare_tag_names_as_seen": compare_tag_names_as_seen
}
