import { HttpApiError } from "effect/http-api"
import { Tag } from "../../domain/Tag.ts"
import { problemFields } from "./ProblemFields.ts"

export class TagNotFound extends HttpApiError.Problem<TagNotFound>()(
  "TagNotFound",
  { type: "urn:tasks:tag-not-found", status: 404, title: "There is no such tag" },
  problemFields("TAG_NOT_FOUND", "You have no tag with this id.")
) {}

export class TagAlreadyExists extends HttpApiError.Problem<TagAlreadyExists>()(
  "TagAlreadyExists",
  { type: "urn:tasks:tag-already-exists", status: 409, title: "There is such a tag already" },
  { ...problemFields("TAG_ALREADY_EXISTS", "You already have a tag with this id: see current."), current: Tag }
) {}

export class TagVersionConflict extends HttpApiError.Problem<TagVersionConflict>()(
  "TagVersionConflict",
  { type: "urn:tasks:tag-version-conflict", status: 412, title: "The tag has changed meanwhile" },
  {
    ...problemFields("TAG_VERSION_CONFLICT", "The tag has another version than If-Match names: see current."),
    current: Tag
  }
) {}

export class TagNameTaken extends HttpApiError.Problem<TagNameTaken>()(
  "TagNameTaken",
  { type: "urn:tasks:tag-name-taken", status: 409, title: "There is a tag of this name already" },
  {
    ...problemFields("TAG_NAME_TAKEN", "You already have a tag of this name, perhaps in other case: see current."),
    current: Tag
  }
) {}
