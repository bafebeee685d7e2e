import { Hash, Schema } from "effect"
import { described, named } from "./Description.ts"
import { IntegerText } from "./Pagination.ts"
import { Project } from "./Project.ts"
import { Tag } from "./Tag.ts"
import { Task, TrashedTask, taskExample } from "./Task.ts"
import type { UserId } from "./User.ts"
import { Uuid } from "./Uuid.ts"

/** Rows of a type may refer to rows of the types before it. */
export const RowType = Schema.Literals(["project", "tag", "task"]).pipe(named("RowType", "The type of a row."))
export type RowType = typeof RowType.Type

const type = <Type extends RowType>(type: Type) =>
  Schema.Literal(type).pipe(described("The type of the row that changed."))
const upsert = Schema.Literal("upsert").pipe(described("The row was created or changed, or came back from the trash."))
const value = described("The row as it is now.")

export const Change = Schema.Union([
  Schema.Struct({ type: type("project"), op: upsert, value: Project.pipe(value) }),
  Schema.Struct({ type: type("tag"), op: upsert, value: Tag.pipe(value) }),
  Schema.Struct({ type: type("task"), op: upsert, value: Task.pipe(value) }),
  Schema.Struct({
    type: type("task"),
    op: Schema.Literal("trash").pipe(described("The task is in the trash.")),
    value: TrashedTask.pipe(value)
  }),
  Schema.Struct({
    type: RowType.pipe(described("The type of the row that changed.")),
    op: Schema.Literal("delete").pipe(described("The row was deleted permanently.")),
    id: Uuid.pipe(described("Identifies the row."))
  })
]).pipe(
  named("Change", "The latest change of a row. Apply it by replacing or removing the row with this type and id.", {
    type: "task",
    op: "upsert",
    value: taskExample
  })
)
export type Change = typeof Change.Type

/** A place in the feed of a user. Changes after it are new to the client. */
const FeedPosition = Schema.Struct({
  /** Distinguishes the account from one that the user erased before; 0 if there was none. */
  epoch: Schema.Natural,
  seq: Schema.Natural,
  /** The last row that the client has of this number. Absent if it has all of them. */
  row: Schema.optionalKey(Schema.Struct({ type: RowType, id: Uuid })),
  /** The number at which the client began without any rows: it needs no deletions up to this number. */
  began: Schema.optionalKey(Schema.Natural)
})
export type FeedPosition = typeof FeedPosition.Type

/** Where the feed of a user ends who has never changed anything. */
export const emptyFeed: FeedPosition = { epoch: 0, seq: 0 }

const userFingerprint = (user: UserId) => Hash.string(user) >>> 0

const FeedCursor = Schema.Struct({ user: Schema.Natural, ...FeedPosition.fields })

/** A feed position as clients carry it: opaque, valid for its user only. */
export const ChangesCursor = Schema.StringFromBase64Url.pipe(
  Schema.decodeTo(Schema.fromJsonString(FeedCursor)),
  Schema.annotate({ code: "cursor", message: "Must be the cursor of an earlier response" })
)

const encode = Schema.encodeSync(ChangesCursor)

export const encodeCursor = (user: UserId, position: FeedPosition) =>
  encode({ user: userFingerprint(user), ...position })

export const belongsTo = (user: UserId, cursor: typeof FeedCursor.Type) => cursor.user === userFingerprint(user)

export const defaultChangesLimit = 200

export const ChangesQuery = Schema.Struct({
  cursor: Schema.optionalKey(ChangesCursor).pipe(
    described("The `cursor` of the last response. Without it, the response begins with the first row.")
  ),
  limit: Schema.optionalKey(IntegerText(1, 200)).pipe(
    described("The maximum number of changes in the response.", { default: defaultChangesLimit })
  )
})
export type ChangesQuery = typeof ChangesQuery.Type

export const ChangesPage = Schema.Struct({
  changes: Schema.Array(Change).pipe(described("In the order of the changes. Each row appears once.")),
  cursor: Schema.String.pipe(
    described("Where this page ends, for the next request. Store it together with the changes.")
  ),
  has_more: Schema.Boolean.pipe(described("Whether there is another page now."))
}).pipe(
  named("ChangesPage", "A page of changes.", {
    changes: [{ type: "task", op: "upsert", value: taskExample }],
    cursor: "eyJ1c2VyIjoxMjM0LCJlcG9jaCI6NTY3OCwic2VxIjo0Mn0",
    has_more: false
  })
)
