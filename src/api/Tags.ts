import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { PlainQuery } from "../domain/Page.ts"
import { Tag, TagCreate, TagId, TagUpdate } from "../domain/Tag.ts"
import { Authorization } from "./Authorization.ts"
import { Idempotency, idempotencyKey } from "./Idempotency.ts"
import { BodyRules, Validation } from "./Input.ts"
import { RateLimit } from "./RateLimit.ts"
import { created, ifMatch, ifNoneMatch, NotModified, page, patchOf, tagged } from "./Resource.ts"
import { TagChanged, TagExists, TagNameTaken, TagNotFound } from "./TagProblems.ts"

const path = "/api/tags"
const params = { tag_id: TagId }
const change = {
  params,
  headers: ifMatch,
  payload: patchOf(TagUpdate),
  success: tagged(Tag),
  error: [TagNotFound, TagChanged, TagNameTaken]
} as const

export class TagsApi extends HttpApiGroup.make("tags")
  .add(
    HttpApiEndpoint.get("list", path, { query: PlainQuery, success: page(Tag) })
      .middleware(Validation)
      .annotateMerge(
        OpenApi.annotations({ identifier: "listTags", summary: "List your tags", description: "Newest first." })
      )
  )
  .add(
    HttpApiEndpoint.post("create", path, {
      headers: idempotencyKey,
      payload: TagCreate,
      success: created(Tag, path),
      error: [TagExists, TagNameTaken]
    })
      .middleware(Validation)
      .middleware(Idempotency)
      .middleware(BodyRules)
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
      success: [tagged(Tag), NotModified],
      error: TagNotFound
    })
      .middleware(Validation)
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
      .middleware(Validation)
      .middleware(BodyRules)
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
      .middleware(Validation)
      .middleware(BodyRules)
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
      error: [TagNotFound, TagChanged]
    })
      .middleware(Validation)
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
