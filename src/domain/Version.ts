import { Schema } from "effect"

/** Counts the writes of a row, from 1. Two equal versions of one row have the same content. */
export const Version = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))

/** The versions that a condition names, or `*` for any. */
export const VersionMatch = Schema.Union([Schema.Literal("*"), Schema.Array(Version)])
export type VersionMatch = typeof VersionMatch.Type

export const matchesVersion = (versions: VersionMatch, version: number) =>
  versions === "*" || versions.includes(version)
