import { Effect } from "effect"
import type { Groups } from "../../api/Api.ts"
import { TagRepo } from "../../repositories/TagRepo.ts"
import type { GroupHandlers } from "../compiler/Handlers.ts"
import { crudHandlers } from "./CrudHandlers.ts"
import { tagErrors } from "./RepositoryErrors.ts"

export const tagsHandlers = Effect.map(
  TagRepo,
  (tags): GroupHandlers<Groups["tags"]> => crudHandlers("tag", tags, tagErrors)
)
