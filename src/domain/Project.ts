import { Schema } from "effect"
import { Color } from "./Color.ts"
import { NonEmptyText, Text, TrimmedText } from "./Text.ts"
import { Timestamp } from "./Timestamp.ts"
import { UserId } from "./User.ts"
import { Uuid } from "./Uuid.ts"
import { Version } from "./Version.ts"

export const ProjectId = Uuid.pipe(Schema.brand("ProjectId"))
export type ProjectId = typeof ProjectId.Type

const nameLength = 200
const Description = Schema.NullOr(Text(2000))

/** A place for tasks that belong together. */
export const Project = Schema.Struct({
  id: ProjectId,
  name: NonEmptyText(nameLength),
  description: Description,
  color: Schema.NullOr(Color),
  archived: Schema.Boolean,
  version: Version,
  user_id: UserId,
  created_at: Timestamp,
  updated_at: Timestamp
}).annotate({ identifier: "Project" })
export type Project = typeof Project.Type

const optional = {
  description: Schema.optionalKey(Description),
  color: Schema.optionalKey(Schema.NullOr(Color)),
  archived: Schema.optionalKey(Schema.Boolean)
}

export const ProjectCreate = Schema.Struct({
  id: Schema.optionalKey(ProjectId),
  name: TrimmedText(nameLength),
  ...optional
}).annotate({ identifier: "ProjectCreate" })
export type ProjectCreate = typeof ProjectCreate.Type

/** Absent means unchanged; `null` clears what can be empty (RFC 7396). */
export const ProjectUpdate = Schema.Struct({
  name: Schema.optionalKey(TrimmedText(nameLength)),
  ...optional
}).annotate({ identifier: "ProjectUpdate" })
export type ProjectUpdate = typeof ProjectUpdate.Type
