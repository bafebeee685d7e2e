import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { ListQuery } from "../domain/Pagination.ts"
import { Tag, TagCreate, TagId, TagUpdate } from "../domain/Tag.ts"
import { TagAlreadyExists, TagNameTaken, TagNotFound, TagVersionConflict } from "./errors/TagErrors.ts"
import { Authorization } from "./middleware/Authorization.ts"
import { Idempotency, idempotencyKey } from "./middleware/Idempotency.ts"
import { RateLimit } from "./middleware/RateLimit.ts"
import { BodyLimits, RequestValidation } from "./middleware/RequestValidation.ts"
import {
  createdResponse,
  ifMatch,
  ifNoneMatch,
  mergePatch,
  NotModified,
  pageResponse,
  withETag
} from "./schemas/ResponseSchemas.ts"

const path = "/api/tags"
const params = { tag_id: TagId }
const change = {
  params,
  headers: ifMatch,
  payload: mergePatch(TagUpdate),
  success: withETag(Tag),
  error: [TagNotFound, TagVersionConflict, TagNameTaken]
} as const

export class TagsApi extends HttpApiGroup.make("tags")
  .add(
    HttpApiEndpoint.get("list", path, { query: ListQuery, success: pageResponse(Tag) })
      .middleware(RequestValidation)
      .annotateMerge(
        OpenApi.annotations({ identifier: "listTags", summary: "List your tags", description: "Newest first." })
      )
  )
  .add(
    HttpApiEndpoint.post("create", path, {
      headers: idempotencyKey,
      payload: TagCreate,
      success: createdResponse(Tag, path),
      error: [TagAlreadyExists, TagNameTaken]
    })
      .middleware(RequestValidation)
      .middleware(Idempotency)
      .middleware(BodyLimits)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "createTag",
          summary: "Create a tag",
          description: "A name is yours only once, whatever its case: a second one is 409, with the tag that has it."
        })
      )
  )
  .add(
    HttpApiEndpoint.get("get", `${path}/:tag_id`, {
      params,
      headers: ifNoneMatch,
      success: [withETag(Tag), NotModified],
      error: TagNotFound
    })
      .middleware(RequestValidation)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "getTag",
          summary: "Get a tag",
          description: "With its version as the `ETag`, which the next change can be meant for."
        })
      )
  )
  .add(
    HttpApiEndpoint.patch("update", `${path}/:tag_id`, change)
      .middleware(RequestValidation)
      .middleware(BodyLimits)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "updateTag",
          summary: "Change some fields of a tag",
          description:
            "Fields that are absent stay as they are, `null` clears (RFC 7396). With `If-Match` the change is made only to that version: another one is 412, with the tag as it is now."
        })
      )
  )
  .add(
    HttpApiEndpoint.put("put", `${path}/:tag_id`, change)
      .middleware(RequestValidation)
      .middleware(BodyLimits)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "putTag",
          summary: "Change some fields of a tag",
          description: "The same as PATCH: fields that are absent stay as they are."
        })
      )
  )
  .add(
    HttpApiEndpoint.delete("remove", `${path}/:tag_id`, {
      params,
      headers: ifMatch,
      error: [TagNotFound, TagVersionConflict]
    })
      .middleware(RequestValidation)
      .annotateMerge(
        OpenApi.annotations({
          identifier: "removeTag",
          summary: "Delete a tag, and take it from its tasks",
          description: "Its tasks keep everything but the tag. `If-Match` counts here too."
        })
      )
  )
  .middleware(RateLimit)
  .middleware(Authorization)
  .annotate(OpenApi.Description, "Words for tasks that have something in common.") {}
