import { Effect } from "effect"
import type { TagsApi } from "../../api/Tags.ts"
import { TagRepo } from "../../repositories/TagRepo.ts"
import type { GroupHandlers } from "../compiler/Handlers.ts"
import { crudHandlers } from "./CrudHandlers.ts"
import { tagErrors } from "./RepositoryErrors.ts"

export const tagsHandlers = Effect.map(
  TagRepo,
  (tags): GroupHandlers<typeof TagsApi> => crudHandlers("tag", tags, tagErrors)
)
