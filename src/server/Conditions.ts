import { matchesVersion, type VersionMatch } from "../domain/Version.ts"

interface Condition {
  readonly "if-none-match"?: VersionMatch
}

/** The row, or that the client holds it already. */
export const unlessHeld = <Row extends { readonly version: number }>(headers: Condition, row: Row) => {
  const held = headers["if-none-match"]
  return held !== undefined && matchesVersion(held, row.version) ? { not_modified: row.version } : row
}
