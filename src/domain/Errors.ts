import { Data } from "effect"
import type { RowType } from "./Change.ts"
import type { QuotaKind } from "./Quota.ts"
import type { Tag } from "./Tag.ts"
import type { Task } from "./Task.ts"

/** The user has no such row. `in` says where the row was expected, if not in its own list. */
export class NotFound extends Data.TaggedError("NotFound")<{
  readonly entity: RowType
  /** "trash": not in the trash. "anchor": the task that `before` or `after` of a move names. */
  readonly in?: "trash" | "anchor"
}> {}

/** The user already has a row with this id. A task in the trash keeps its id, because it can be restored. */
export class AlreadyExists<Row> extends Data.TaggedError("AlreadyExists")<{
  readonly current: Row
  readonly in_trash: boolean
}> {}

/** The version of the row is not one that the condition names, or is one that the condition excludes. */
export class VersionConflict<Row> extends Data.TaggedError("VersionConflict")<{
  readonly current: Row
  readonly is_excluded?: boolean
}> {}

export class NameTaken extends Data.TaggedError("NameTaken")<{ readonly current: Tag }> {}

/** A field names a row that the user does not have. */
export class UnknownReference extends Data.TaggedError("UnknownReference")<{
  readonly field: "project_id" | "parent_id" | "tag_ids"
}> {}

export class QuotaExceeded extends Data.TaggedError("QuotaExceeded")<{
  readonly kind: QuotaKind
  readonly limit: number
}> {}

/** A task cannot be a subtask of this parent: that would make a cycle, or too many levels. */
export class InvalidParent extends Data.TaggedError("InvalidParent")<{ readonly reason: "cycle" | "depth" }> {}

/** The recurrence rule has no occurrence, or none within the searched years. */
export class NeverRecurs extends Data.TaggedError("NeverRecurs") {}

/** The failed operation of a bulk request, counted from 0, and its error. */
export class OperationFailed extends Data.TaggedError("OperationFailed")<{
  readonly index: number
  readonly error:
    | NotFound
    | AlreadyExists<Task>
    | VersionConflict<Task>
    | UnknownReference
    | InvalidParent
    | NeverRecurs
    | QuotaExceeded
}> {}

/** The idempotency key belongs to another request of the last 24 hours. */
export class IdempotencyKeyReused extends Data.TaggedError("IdempotencyKeyReused") {}

export class IdempotencyKeyInProgress extends Data.TaggedError("IdempotencyKeyInProgress") {}

/** The feed no longer has every change since the cursor: the client has to begin without one. */
export class SyncReset extends Data.TaggedError("SyncReset") {}
