import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Api } from "../../api/Api.ts"
import { CurrentUser } from "../../api/middleware/Authorization.ts"
import type { TagId, TagUpdate } from "../../domain/Tag.ts"
import type { VersionMatch } from "../../domain/Version.ts"
import { TagRepo } from "../../repositories/TagRepo.ts"
import { unlessHeld } from "../Conditions.ts"
import { toPage } from "../PaginationLinks.ts"
import { happened } from "../RequestContext.ts"
import { mapTagErrors } from "./RepositoryErrors.ts"

interface Change {
  readonly params: { readonly tag_id: TagId }
  readonly headers: { readonly "if-match"?: VersionMatch }
  readonly payload: TagUpdate
}

export const TagsHandlers = HttpApiBuilder.group(
  Api,
  "tags",
  Effect.fnUntraced(function* (handlers) {
    const tags = yield* TagRepo

    const update = Effect.fnUntraced(function* ({ headers, params, payload }: Change) {
      const { id } = yield* CurrentUser
      const tag = yield* mapTagErrors(tags.update(id, params.tag_id, payload, headers["if-match"]))
      yield* happened("tag updated", { tag_id: tag.id })
      return tag
    })

    return handlers.handleAll({
      list: Effect.fnUntraced(function* ({ query, request }) {
        const { id } = yield* CurrentUser
        return toPage(request.url, query, yield* tags.list(id, query))
      }),

      get: Effect.fnUntraced(function* ({ headers, params }) {
        const { id } = yield* CurrentUser
        return unlessHeld(headers, yield* mapTagErrors(tags.find(id, params.tag_id)))
      }),

      create: Effect.fnUntraced(function* ({ payload }) {
        const { id } = yield* CurrentUser
        const tag = yield* mapTagErrors(tags.create(id, payload))
        yield* happened("tag created", { tag_id: tag.id })
        return tag
      }),

      update,
      put: update,

      remove: Effect.fnUntraced(function* ({ headers, params }) {
        const { id } = yield* CurrentUser
        yield* mapTagErrors(tags.remove(id, params.tag_id, headers["if-match"]))
        yield* happened("tag deleted", { tag_id: params.tag_id })
      })
    })
  })
)
