import { Schema } from "effect"
import { Color } from "./Color.ts"
import { NonEmptyText, TrimmedText } from "./Text.ts"
import { Timestamp } from "./Timestamp.ts"
import { UserId } from "./User.ts"
import { Uuid } from "./Uuid.ts"
import { Version } from "./Version.ts"

export const TagId = Uuid.pipe(Schema.brand("TagId"))
export type TagId = typeof TagId.Type

const nameLength = 50

/** A word for tasks that have something in common. Its name is unique to the user, without regard to case. */
export const Tag = Schema.Struct({
  id: TagId,
  name: NonEmptyText(nameLength),
  color: Schema.NullOr(Color),
  version: Version,
  user_id: UserId,
  created_at: Timestamp,
  updated_at: Timestamp
}).annotate({ identifier: "Tag" })
export type Tag = typeof Tag.Type

export const TagCreate = Schema.Struct({
  id: Schema.optionalKey(TagId),
  name: TrimmedText(nameLength),
  color: Schema.optionalKey(Schema.NullOr(Color))
}).annotate({ identifier: "TagCreate" })
export type TagCreate = typeof TagCreate.Type

/** Absent means unchanged; `null` clears what can be empty (RFC 7396). */
export const TagUpdate = Schema.Struct({
  name: Schema.optionalKey(TrimmedText(nameLength)),
  color: Schema.optionalKey(Schema.NullOr(Color))
}).annotate({ identifier: "TagUpdate" })
export type TagUpdate = typeof TagUpdate.Type
