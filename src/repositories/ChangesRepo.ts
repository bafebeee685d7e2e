import { Context, Duration, Effect, Layer } from "effect"
import { Database } from "../database/Database.ts"
import { type Change, defaultChangesLimit, emptyFeed, type FeedPosition, RowType } from "../domain/Change.ts"
import { SyncReset } from "../domain/Errors.ts"
import type { UserId } from "../domain/User.ts"
import { columnsOf, fieldsOf } from "./Columns.ts"
import { parameters } from "./ListQueries.ts"
import { deleteExpiredOfIdle, purge } from "./Purge.ts"

/** How long deletions stay in the feed: a client that was offline for longer has to begin without a cursor. */
export const retention = Duration.days(90)

/** Part of a feed, and where it ends. */
export interface ChangesPage {
  readonly changes: ReadonlyArray<Change>
  readonly position: FeedPosition
  readonly has_more: boolean
}

/** Zeros for a user who has never changed anything. */
interface Counter {
  readonly epoch: number
  readonly last_seq: number
  readonly floor_seq: number
}

interface Row extends Counter {
  readonly entity: RowType
  readonly seq: number
  readonly is_deleted: boolean
  readonly id: string
  readonly deleted_at: string | null
}

// Tasks first: some of their fields are expressions, which give the columns of the union their types.
const types = ["task", ...RowType.literals.toReversed().filter((type) => type !== "task")] as const
const allFields = [...new Set(types.flatMap((type) => fieldsOf[type]))]

/** Has the type of the column: PostgreSQL takes a plain null for text, once two branches of a union have it. */
const missing = (field: string) => {
  const type = types.find((type) => fieldsOf[type].includes(field))
  return type === "task" ? `null as ${field}` : `(null::${type}).${field}`
}

const lastId = "ffffffff-ffff-ffff-ffff-ffffffffffff"
/** After all rows of a number, in the order of types and ids. */
const lastRow = { type: RowType.literals.toSorted().at(-1) as RowType, id: lastId }

/**
 * The counter, and the changes after a position, in one statement and so in one snapshot. All tables are read in the same
 * order: by number, type and id.
 */
const changesAfter = (position: FeedPosition | undefined, limit: number) => {
  const { add, params } = parameters()
  const rows = `limit ${add(limit)}`
  const seq = position?.seq ?? 0
  const ofType = (type: RowType) => {
    // After the last row of this number if rows of this type precede the position, else after that of the number before.
    const known = position === undefined ? undefined : (position.row ?? lastRow)
    const [after, id] =
      known === undefined || type > known.type ? [seq - 1, lastId] : [seq, type < known.type ? lastId : known.id]
    const fields = allFields.map((field) => (fieldsOf[type].includes(field) ? field : missing(field)))
    return `
      select seq::float8 as seq, '${type}' as entity, false as is_deleted, ${fields.join(", ")} from (
        select seq, ${columnsOf[type]} from ${type}
        where user_id = $1 and (seq, id) > (${add(String(after))}::bigint, ${add(id)}::uuid)
        order by seq, id ${rows}
      ) as ${type}
    `
  }
  const deletions = () => {
    const { id, type } = position?.row ?? lastRow
    const after = `(${add(String(seq))}::bigint, ${add(type)}, ${add(id)}::uuid)`
    const exists = (type: RowType) =>
      `exists (select from ${type} where user_id = $1 and id = deletion.id and entity = '${type}')`
    const fields = allFields.map((field) => (field === "id" ? field : missing(field)))
    return `
      select seq::float8 as seq, entity, true as is_deleted, ${fields.join(", ")} from (
        select seq, entity, id from deletion
        where user_id = $1 and (seq, entity, id) > ${after} and seq > ${add(String(position?.began ?? 0))}::bigint
          and not (${types.map(exists).join(" or ")})
        order by seq, entity, id ${rows}
      ) as deletion
    `
  }
  // A client without a cursor has no rows yet.
  const branches = [...types.map(ofType), ...(position === undefined ? [] : [deletions()])]
  const text = `
    select coalesce(epoch, 0) as epoch, coalesce(last_seq, 0)::float8 as last_seq,
      coalesce(floor_seq, 0)::float8 as floor_seq, page.*
    from (select $1::text as owner) as caller
    left join account on account.user_id = $1
    left join (select * from (${branches.join(" union all ")}) as change order by seq, entity, id ${rows}) as page on true
    order by page.seq, page.entity, page.id
  `
  return { text, params }
}

/** The fields of a row's type, without those that the statement adds for other types. */
const valueOf = (row: object, type: RowType, isTrashed: boolean) => {
  const value: Record<string, unknown> = {}
  for (const field of fieldsOf[type]) {
    if (field !== "deleted_at" || isTrashed) value[field] = row[field as keyof typeof row]
  }
  return value
}

// The statement gives each type the columns of its schema, which TypeScript cannot see.
const toChange = (row: Row) => {
  const { entity: type } = row
  if (row.is_deleted) return { type, op: "delete", id: row.id } as Change
  const isTrashed = row.deleted_at !== null
  return { type, op: isTrashed ? "trash" : "upsert", value: valueOf(row, type, isTrashed) } as unknown as Change
}

/** Whether the client would miss something: its account was erased, or deletions after its position have been removed. */
const isOutdated = (position: FeedPosition, { epoch, floor_seq, last_seq }: Counter) => {
  const complete = position.row === undefined ? position.seq : position.seq - 1
  return (
    (position.epoch !== 0 && position.epoch !== epoch) ||
    position.seq > last_seq ||
    Math.max(complete, position.began ?? 0) < floor_seq
  )
}

const endText = "select epoch, last_seq::float8 as seq from account where user_id = $1"
const endsText = "select user_id, epoch, last_seq::float8 as seq from account where user_id = any($1::text[])"

const isExpired = `deleted_at < now() - interval '${Duration.toSeconds(retention)} seconds'`
const purgeText = `
  ${deleteExpiredOfIdle("deletion", "entity, id", isExpired, "user_id, id, seq")}, raised as (
    update account set floor_seq = greatest(floor_seq, purged.seq)
    from (select user_id, max(seq) as seq from purged group by user_id) as purged
    where account.user_id = purged.user_id
  )
  select id from purged
`

/** The change feed of a user. Methods with an owner name it in their statements; the others concern all users. */
export class ChangesRepo extends Context.Service<
  ChangesRepo,
  {
    /** The changes after a position, or all rows from the beginning. No change is missed and a page has no row twice. */
    read(
      owner: UserId,
      position: FeedPosition | undefined,
      limit: number | undefined
    ): Effect.Effect<ChangesPage, SyncReset>
    /** Where the feed ends. */
    end(owner: UserId): Effect.Effect<FeedPosition>
    /** Where the feeds of these users end. A user who has never changed anything is left out. */
    ends(users: ReadonlyArray<UserId>): Effect.Effect<ReadonlyMap<UserId, FeedPosition>>
    /** Deletes expired records of deletions of all users, and yields how many. Several processes share the work. */
    readonly purge: Effect.Effect<number>
  }
>()("tasks/repositories/ChangesRepo") {
  static readonly layer = Layer.effect(
    ChangesRepo,
    Effect.map(Database, (db) =>
      ChangesRepo.of({
        end: (owner) => Effect.map(db.query<FeedPosition>(owner, endText), ([position]) => position ?? emptyFeed),
        ends: (users) =>
          Effect.map(
            db.maintenance<FeedPosition & { readonly user_id: UserId }>(endsText, [users]),
            (rows) => new Map(rows.map(({ user_id, ...position }) => [user_id, position]))
          ),
        purge: purge(db, purgeText),
        read: Effect.fnUntraced(function* (owner, position, limit = defaultChangesLimit) {
          const { params, text } = changesAfter(position, limit + 1)
          // Without changes, too, there is a row with the counter.
          const rows = yield* db.query<Row | (Counter & { readonly entity: null })>(owner, text, params)
          const [counter] = rows
          if (counter === undefined || (position !== undefined && isOutdated(position, counter))) {
            return yield* new SyncReset()
          }
          const { epoch, last_seq } = counter
          const has_more = rows.length > limit
          const page = rows.slice(0, limit).filter((row) => row.entity !== null)
          const last = has_more ? page.at(-1) : undefined
          const { began } = position ?? { began: last_seq }
          const end = last && {
            seq: last.seq,
            row: { type: last.entity, id: last.id },
            ...(began !== undefined && { began })
          }
          return { changes: page.map(toChange), position: { epoch, seq: last_seq, ...end }, has_more }
        })
      })
    )
  )
}
