import { Schema } from "effect"

/** How often a row has been written, from 1: two equal versions of one row are the same content. */
export const Version = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

/** The versions a condition names, or `*` for whichever there is. */
export const VersionMatch = Schema.Union([Schema.Literal("*"), Schema.Array(Version)])
export type VersionMatch = typeof VersionMatch.Type

export const matchesVersion = (versions: VersionMatch, version: number) =>
  versions === "*" || versions.includes(version)
