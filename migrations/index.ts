import create_tables from "./0001_create_tables.ts"
import add_search from "./0002_add_search.ts"
import continue_versions from "./0003_continue_versions.ts"
import add_row_level_security from "./0004_add_row_level_security.ts"
import add_sequence from "./0005_add_sequence.ts"
import add_event_tickets from "./0006_add_event_tickets.ts"

/** Every migration, in order. An import each, so that a bundle has them all and a missing file does not compile. */
export const migrations = {
  "0001_create_tables": create_tables,
  "0002_add_search": add_search,
  "0003_continue_versions": continue_versions,
  "0004_add_row_level_security": add_row_level_security,
  "0005_add_sequence": add_sequence,
  "0006_add_event_tickets": add_event_tickets
}
