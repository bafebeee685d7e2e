import { Effect } from "effect"
import { SecureRandom } from "effect/crypto"
import { Database } from "../database/Database.ts"
import type { RowType } from "../domain/Change.ts"
import { AlreadyExists, NotFound, type QuotaExceeded, VersionConflict } from "../domain/Errors.ts"
import type { ListQuery, Page } from "../domain/Pagination.ts"
import type { UserId } from "../domain/User.ts"
import type { ExpectedVersion } from "../domain/Version.ts"
import { AccountQuotas, refuse, usage } from "./AccountQuotas.ts"
import { clientColumns, columnsOf } from "./Columns.ts"
import { mapConstraintViolation } from "./ConstraintViolations.ts"
import { listByTime } from "./ListQueries.ts"

type Values = Readonly<Record<string, unknown>>

/** The repository of a resource. Every method takes the owner first: for other users a row does not exist. */
export interface ResourceRepo<Row extends { readonly id: string }, Create, Update, Refused = never, Query = ListQuery> {
  list(owner: UserId, query: Query): Effect.Effect<Page<Row>>
  find(owner: UserId, id: Row["id"]): Effect.Effect<Row, NotFound>
  create(owner: UserId, row: Create): Effect.Effect<Row, AlreadyExists<Row> | QuotaExceeded | Refused>
  update(
    owner: UserId,
    id: Row["id"],
    change: Update,
    expected: ExpectedVersion
  ): Effect.Effect<Row, NotFound | VersionConflict<Row> | Refused>
  remove(owner: UserId, id: Row["id"], expected: ExpectedVersion): Effect.Effect<void, NotFound | VersionConflict<Row>>
}

interface Definition<Taken> {
  /** Also the name of the table. */
  readonly entity: RowType
  /** The columns of a row, as the contract has it, where they are not those of the change feed. */
  readonly columns?: string
  /** The condition for a row to be visible, where some are in the trash. */
  readonly isVisible?: string
  /** What else a change sets, by the field that is changed and the parameter with its value. */
  readonly alsoSet?: { readonly [field: string]: (parameter: string) => string }
  /** Deletes a locked row. Needed if the deletion also changes rows that refer to it. */
  readonly removeText?: string
  /** A unique value other than the id: its constraint, and a check that fails if another row has the given value. */
  readonly unique?: {
    readonly constraint: string
    readonly failIfTaken: (owner: UserId, values: Values) => Effect.Effect<void, Taken>
  }
}

/** The parts that differ between two statements on the same table. */
interface Clauses {
  /** The columns to return, where they are not those of the definition. */
  readonly columns?: string
  readonly params?: ReadonlyArray<unknown>
  /** A condition of an update. */
  readonly condition?: string
}

/**
 * The version condition of a write, as a part of its statement: a check before the statement could be outdated. Empty if
 * any version is accepted.
 */
export const versionCondition = (expected: ExpectedVersion, parameter: string) =>
  expected === undefined || expected === "*" ? "" : `and version = any(${parameter})`

/**
 * What every change of a row sets. PostgreSQL evaluates `next_seq` before it locks the row, so that all transactions of
 * a user lock the counter first and cannot deadlock.
 */
export const changed = "version = version + 1, updated_at = now(), seq = next_seq($1)"

/** Locks a row that has an expected version, after the counter. The row is `$2`, and the versions are `$3`. */
export const lockText = (table: string, columns: string, condition: string, expected: ExpectedVersion) => `
  select ${columns} from ${table}
  where user_id = $1 and id = $2 and ${condition} ${versionCondition(expected, "$3")} and next_seq($1) > 0 for update
`

/** The parameter of that condition, if it has one. */
export const versionParams = (expected: ExpectedVersion): ReadonlyArray<unknown> =>
  expected === undefined || expected === "*" ? [] : [expected]

/** The statements that tasks, projects and tags have in common. */
export const versionedTable = Effect.fnUntraced(function* <
  Row extends { readonly id: string; readonly created_at: string },
  Taken = never
>(definition: Definition<Taken>) {
  const { alsoSet = {}, entity, isVisible = "true", unique } = definition
  // No other property of what a client sent becomes part of a statement.
  const fields: Readonly<Record<string, string>> = clientColumns[entity]
  const { columns = columnsOf[entity], removeText = `delete from ${entity} where user_id = $1 and id = $2` } =
    definition
  const db = yield* Database
  const random = yield* SecureRandom.SecureRandom
  const quota = (yield* AccountQuotas)[entity]
  const named = (values: Values) => Object.keys(fields).filter((field) => values[field] !== undefined)

  const findText = `select ${columns} from ${entity} where user_id = $1 and id = $2 and ${isVisible}`
  const find = (owner: UserId, id: string): Effect.Effect<Row, NotFound> =>
    Effect.flatMap(db.query<Row>(owner, findText, [id]), ([row]) =>
      row === undefined ? Effect.fail(new NotFound({ entity })) : Effect.succeed(row)
    )

  /** Why a write matched no row: the row has another version, or does not exist. */
  const missed = (owner: UserId, id: string): Effect.Effect<never, NotFound | VersionConflict<Row>> =>
    Effect.flatMap(find(owner, id), (current) => Effect.fail(new VersionConflict({ current })))

  const anyText = `select ${columns}, not (${isVisible}) as in_trash from ${entity} where user_id = $1 and id = $2`
  /** Fails if the id is taken, also by a row in the trash. */
  const failIfExists = Effect.fnUntraced(function* (owner: UserId, id: string) {
    const [found] = yield* db.query<Row & { readonly in_trash: boolean }>(owner, anyText, [id])
    if (found === undefined) return
    const { in_trash, ...current } = found
    // TypeScript cannot see that a row without the column added here is a row again.
    return yield* new AlreadyExists({ current: current as unknown as Row, in_trash })
  })

  const usageText = `select ${usage(entity)} >= ${quota} as is_full, $1`
  const failIfFull = Effect.fnUntraced(function* (owner: UserId) {
    const [found] = yield* db.query<{ readonly is_full: boolean }>(owner, usageText)
    if (found?.is_full) return yield* refuse(entity, quota)
  })

  /** Inserts a row, or fails with the reason. `failIfTaken` checks other unique values than the id. */
  const insertUnlessTaken = Effect.fnUntraced(function* <E1, E2 = never>(
    owner: UserId,
    given: Row["id"] | undefined,
    insertion: (id: Row["id"]) => Effect.Effect<ReadonlyArray<Row>, E1>,
    failIfTaken: Effect.Effect<void, E2> = Effect.void
  ): Effect.fn.Return<Row, AlreadyExists<Row> | QuotaExceeded | E1 | E2> {
    const id = given ?? (yield* random.uuidV7())
    const [created] = yield* insertion(id)
    if (created !== undefined) return created
    yield* failIfExists(owner, id)
    yield* failIfTaken
    yield* failIfFull(owner)
    // The row with the same id or value has been deleted meanwhile.
    return yield* insertUnlessTaken(owner, id, insertion, failIfTaken)
  })

  /**
   * The new row, or none if the user has reached the quota, or if the id or another unique value is taken. Parameters of
   * the clauses begin with `$3`.
   */
  const insertRow = (owner: UserId, id: string, values: Values, clauses: Clauses = {}) => {
    const { params = [] } = clauses
    const names = named(values)
    const parameters = names.map((name, n) => `$${n + 3 + params.length}::${fields[name]}`)
    return db.write<Row>(
      owner,
      `insert into ${entity} (${["user_id", "id", "seq", ...names].join(", ")})
        select ${["$1::text", "$2::uuid", "next_seq($1)", ...parameters].join(", ")} where ${usage(entity)} < ${quota}
        on conflict do nothing
        returning ${clauses.columns ?? columns}`,
      [id, ...params, ...names.map((name) => values[name])]
    )
  }

  /** The changed row, or none if there is no such row or it has another version. */
  const updateRow = (owner: UserId, id: string, values: Values, expected: ExpectedVersion, clauses: Clauses = {}) => {
    const params = [...(clauses.params ?? []), ...versionParams(expected)]
    const names = named(values)
    const assignments = names.map((name, n) => {
      const parameter = `$${n + 3 + params.length}`
      return `${name} = ${parameter}${alsoSet[name] === undefined ? "" : `, ${alsoSet[name](parameter)}`}`
    })
    return db.write<Row>(
      owner,
      `update ${entity} set ${[...assignments, changed].join(", ")}
        where user_id = $1 and id = $2 and ${isVisible} and ${clauses.condition ?? "true"}
          ${versionCondition(expected, `$${2 + params.length}`)}
        returning ${clauses.columns ?? columns}`,
      [id, ...params, ...names.map((name) => values[name])]
    )
  }

  /** Two statements, so that the second one sees rows that were written before the lock was acquired. */
  const remove = Effect.fnUntraced(function* (owner: UserId, id: string, expected: ExpectedVersion) {
    const work = Effect.gen(function* () {
      const rows = yield* db.write(owner, lockText(entity, "id", "true", expected), [id, ...versionParams(expected)])
      if (rows.length > 0) yield* db.write(owner, removeText, [id])
      return rows.length > 0
    })
    if (!(yield* db.heavy(db.transaction(owner, work)))) yield* missed(owner, id)
  })

  const create = (owner: UserId, row: Values & { readonly id?: Row["id"] }) =>
    insertUnlessTaken(
      owner,
      row.id,
      (id) => Effect.orDie(insertRow(owner, id, row)),
      unique?.failIfTaken(owner, row) ?? Effect.void
    )

  const mapTaken = mapConstraintViolation(unique === undefined ? {} : { [unique.constraint]: () => "taken" as const })
  const update = Effect.fnUntraced(function* (
    owner: UserId,
    id: string,
    change: Values,
    expected: ExpectedVersion
  ): Effect.fn.Return<Row, NotFound | VersionConflict<Row> | Taken> {
    const rows = yield* Effect.catch(mapTaken(updateRow(owner, id, change, expected)), () => Effect.undefined)
    if (rows !== undefined) return rows[0] ?? (yield* missed(owner, id))
    yield* unique?.failIfTaken(owner, change) ?? Effect.void
    // The row with the same value has been deleted or changed meanwhile.
    return yield* update(owner, id, change, expected)
  })

  const source = { table: entity, columns, where: "user_id = $1", key: "created_at" } as const
  /** All rows of the owner, the latest first. */
  const list = (owner: UserId, query: ListQuery) => listByTime<"created_at", Row>(db, source, owner, query)

  return { repo: { list, find, create, update, remove }, missed, insertUnlessTaken, insertRow, updateRow }
})
