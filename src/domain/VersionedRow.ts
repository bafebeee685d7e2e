import { described, readOnly } from "./Description.ts"
import { Timestamp } from "./Timestamp.ts"
import { UserId } from "./User.ts"
import { Version } from "./Version.ts"

/** What every row of a user has, set by the server. */
export const versionedRow = {
  version: Version.pipe(described("Counts the writes of this row, from 1. It is the row's ETag.", readOnly)),
  user_id: UserId.pipe(described("The user who owns this row.", readOnly)),
  created_at: Timestamp.pipe(described("When this row was created.", readOnly)),
  updated_at: Timestamp.pipe(described("When this row was last changed.", readOnly))
}

/** The same in the examples of the OpenAPI document. */
export const versionedRowExample = {
  version: 1,
  user_id: "ada",
  created_at: "2026-11-20T09:30:00.000Z",
  updated_at: "2026-11-20T09:30:00.000Z"
}
