import { Schema } from "effect"
import { described, readOnly } from "./Description.ts"
import { Timestamp } from "./Timestamp.ts"
import { UserId } from "./User.ts"

/** Counts the writes of a row, from 1. Two equal versions of one row have the same content. */
export const Version = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

/** The versions that a condition names, or `*` for any. */
export const VersionMatch = Schema.Union([Schema.Literal("*"), Schema.Array(Version)])
export type VersionMatch = typeof VersionMatch.Type

/** The versions that a write applies to; any if undefined. */
export type ExpectedVersion = VersionMatch | undefined

export const matchesVersion = (versions: VersionMatch, version: number) =>
  versions === "*" || versions.includes(version)

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
