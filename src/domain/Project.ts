import { Schema } from "effect"
import { described, fieldsToChange, named, readOnly } from "./Description.ts"
import { Color, NonEmptyText, Text, TextInput, TrimmedText } from "./Text.ts"
import { Uuid } from "./Uuid.ts"
import { versionedRow, versionedRowExample } from "./Version.ts"

export const ProjectId = Uuid.pipe(Schema.brand("ProjectId"))
export type ProjectId = typeof ProjectId.Type

const nameLength = 200
const descriptionLength = 2000

const name = described("Name of the project.")
const description = described("Notes on the project.")
const color = Schema.NullOr(Color).pipe(described("Color of the project, like `#3b82f6`."))
const archived = Schema.Boolean.pipe(described("Whether the project is archived."))

export const Project = Schema.Struct({
  id: ProjectId.pipe(described("Identifies the project.", readOnly)),
  name: NonEmptyText(nameLength).pipe(name),
  description: Schema.NullOr(Text(descriptionLength)).pipe(description),
  color,
  archived,
  ...versionedRow
}).pipe(
  named("Project", "A project groups tasks.", {
    id: "019c2f7a-90c4-7d1b-b3a5-0e1f2a3b4c5d",
    name: "Household",
    description: null,
    color: "#3b82f6",
    archived: false,
    ...versionedRowExample
  })
)
export type Project = typeof Project.Type

export const ProjectCreate = Schema.Struct({
  id: Schema.optionalKey(ProjectId).pipe(described("Identifies the project. The server generates it if absent.")),
  name: TrimmedText(nameLength).pipe(name),
  description: Schema.optionalKey(Schema.NullOr(TextInput(descriptionLength))).pipe(description),
  color: Schema.optionalKey(color),
  archived: Schema.optionalKey(archived)
}).pipe(named("ProjectCreate", "A new project.", { name: "Household", color: "#3b82f6" }))
export type ProjectCreate = typeof ProjectCreate.Type

const { id: _, ...fields } = ProjectCreate.fields
export const ProjectUpdate = Schema.Struct({
  ...fields,
  name: Schema.optionalKey(TrimmedText(nameLength)).pipe(name)
}).pipe(named("ProjectUpdate", fieldsToChange, { archived: true }))
export type ProjectUpdate = typeof ProjectUpdate.Type
