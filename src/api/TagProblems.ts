import { HttpApiError } from "effect/http-api"
import { Tag } from "../domain/Tag.ts"
import { members } from "./Problem.ts"

export class TagNotFound extends HttpApiError.Problem<TagNotFound>()(
  "TagNotFound",
  { type: "urn:tasks:tag-not-found", status: 404, title: "There is no such tag" },
  members("TAG_NOT_FOUND", "You have no tag with this id.")
) {}

export class TagExists extends HttpApiError.Problem<TagExists>()(
  "TagExists",
  { type: "urn:tasks:tag-exists", status: 409, title: "There is such a tag already" },
  { ...members("TAG_EXISTS", "You already have a tag with this id: see current."), current: Tag }
) {}

export class TagChanged extends HttpApiError.Problem<TagChanged>()(
  "TagChanged",
  { type: "urn:tasks:tag-changed", status: 412, title: "The tag has changed meanwhile" },
  { ...members("TAG_CHANGED", "The tag has another version than If-Match names: see current."), current: Tag }
) {}

export class TagNameTaken extends HttpApiError.Problem<TagNameTaken>()(
  "TagNameTaken",
  { type: "urn:tasks:tag-name-taken", status: 409, title: "There is a tag of this name already" },
  {
    ...members("TAG_NAME_TAKEN", "You already have a tag of this name, perhaps in other case: see current."),
    current: Tag
  }
) {}
