import { HttpApiGroup, OpenApi } from "effect/http-api"
import { listQuery } from "../domain/Pagination.ts"
import { Tag, TagCreate, TagId, TagUpdate } from "../domain/Tag.ts"
import { crudEndpoints } from "./CrudEndpoints.ts"
import { TagAlreadyExists, TagNameTaken, TagNotFound, TagVersionConflict } from "./errors/ResourceErrors.ts"

export class TagsApi extends HttpApiGroup.make("tags")
  .add(
    ...crudEndpoints({
      name: "tag",
      id: TagId,
      query: listQuery("tags"),
      row: Tag,
      create: TagCreate,
      update: TagUpdate,
      notFound: TagNotFound,
      alreadyExists: TagAlreadyExists,
      versionConflict: TagVersionConflict,
      refused: [TagNameTaken],
      descriptions: {
        list: "Newest first.",
        create:
          "A name is unique per user, without regard to case: a second one is 409 with the tag that has it. An id that you already use is 409 too.",
        remove: "Removes the tag from its tasks."
      }
    })
  )
  .annotate(OpenApi.Description, "Tags label tasks.") {}
