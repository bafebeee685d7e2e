import { Schema } from "effect"
import { described, fieldsToChange, named, readOnly } from "./Description.ts"
import { Color, NonEmptyText, TrimmedText } from "./Text.ts"
import { Uuid } from "./Uuid.ts"
import { versionedRow, versionedRowExample } from "./Version.ts"

export const TagId = Uuid.pipe(Schema.brand("TagId"))
export type TagId = typeof TagId.Type

const nameLength = 50

const name = described(
  "Name of the tag, unique per user. Case, invisible characters and the width of white space and letters do not matter."
)
const color = Schema.NullOr(Color).pipe(described("Color of the tag, like `#f97316`."))

export const Tag = Schema.Struct({
  id: TagId.pipe(described("Identifies the tag.", readOnly)),
  name: NonEmptyText(nameLength).pipe(name),
  color,
  ...versionedRow
}).pipe(
  named("Tag", "A tag labels tasks.", {
    id: "019c2f7b-2e8d-7f60-a1c7-5d4e3f2a1b0c",
    name: "errand",
    color: null,
    ...versionedRowExample
  })
)
export type Tag = typeof Tag.Type

export const TagCreate = Schema.Struct({
  id: Schema.optionalKey(TagId).pipe(described("Identifies the tag. The server generates it if absent.")),
  name: TrimmedText(nameLength).pipe(name),
  color: Schema.optionalKey(color)
}).pipe(named("TagCreate", "A new tag.", { name: "errand" }))
export type TagCreate = typeof TagCreate.Type

export const TagUpdate = Schema.Struct({
  name: Schema.optionalKey(TrimmedText(nameLength)).pipe(name),
  color: Schema.optionalKey(color)
}).pipe(named("TagUpdate", fieldsToChange, { color: "#f97316" }))
export type TagUpdate = typeof TagUpdate.Type
