import { described } from "../../domain/Description.ts"
import { Tag } from "../../domain/Tag.ts"
import { ApiError } from "./ApiError.ts"

export class TagNotFound extends ApiError<TagNotFound>()("TagNotFound", {
  status: 404,
  title: "Not found",
  detail: "You have no tag with this id. List yours with GET /api/tags."
}) {}

export class TagAlreadyExists extends ApiError<TagAlreadyExists>()(
  "TagAlreadyExists",
  {
    status: 409,
    title: "Tag already exists",
    detail: "You already have a tag with this id. Use the tag in `current`, or send another id."
  },
  { current: Tag.pipe(described("The tag with this id.")) }
) {}

export class TagNameTaken extends ApiError<TagNameTaken>()(
  "TagNameTaken",
  {
    status: 409,
    title: "Tag name taken",
    detail:
      "You already have a tag with this name; case does not matter. Use the tag in `current`, or choose another name."
  },
  { current: Tag.pipe(described("The tag with this name.")) }
) {}

export class TagVersionConflict extends ApiError<TagVersionConflict>()(
  "TagVersionConflict",
  {
    status: 412,
    title: "Precondition failed",
    detail: "The tag has another version than If-Match names. Apply the change to the tag in `current`."
  },
  { current: Tag.pipe(described("The tag as it is now.")) }
) {}
