import { described } from "../../domain/Description.ts"
import { Tag } from "../../domain/Tag.ts"
import { ApiError } from "./ApiError.ts"
import { alreadyExists, notFound, versionConflict } from "./ResourceErrors.ts"

export class TagNotFound extends ApiError<TagNotFound>()("TagNotFound", notFound("tag")) {}

export class TagAlreadyExists extends ApiError<TagAlreadyExists>()("TagAlreadyExists", alreadyExists("tag", Tag)) {}

export class TagNameTaken extends ApiError<TagNameTaken>()("TagNameTaken", {
  status: 409,
  title: "Tag name taken",
  detail:
    "You already have a tag with this name; case does not matter. Use the tag in `current`, or choose another name.",
  fields: { current: Tag.pipe(described("The tag with this name.")) }
}) {}

export class TagVersionConflict extends ApiError<TagVersionConflict>()(
  "TagVersionConflict",
  versionConflict("tag", Tag)
) {}
