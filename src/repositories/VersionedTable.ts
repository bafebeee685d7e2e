import { Effect } from "effect"
import type { SqlError } from "effect/sql"
import type { Database } from "../database/Database.ts"
import { AlreadyExists, NotFound, type QuotaExceeded, VersionConflict } from "../domain/Errors.ts"
import type { UserId } from "../domain/User.ts"
import type { VersionMatch } from "../domain/Version.ts"
import { refuse, usage } from "./AccountQuotas.ts"

type Values = Readonly<Record<string, unknown>>

interface Definition {
  /** The name of the table, too. */
  readonly entity: "task" | "project" | "tag"
  /** The columns of a row, as the contract has it. */
  readonly columns: string
  /** The columns that a client sets, and their types. No other property of what it sent becomes part of a statement. */
  readonly fields: Readonly<Record<string, string>>
  /** How many rows a user may have. */
  readonly quota: number
  /** The condition for a row to be visible, where some are in the trash. */
  readonly isVisible?: string
  /** What else a change sets, by the field that is changed and the parameter with its value. */
  readonly alsoSet?: { readonly [field: string]: (parameter: string) => string }
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
 * The condition of a write, as a term of its statement: a check before it would be a check of the past. It is nothing
 * where any version will do.
 */
export const versionCondition = (expected: VersionMatch | undefined, parameter: string) =>
  expected === undefined || expected === "*" ? "" : `and version = any(${parameter})`

/**
 * What every change of a row sets. PostgreSQL evaluates `next_seq` before it locks the row, so that all transactions of
 * a user lock the counter first and cannot deadlock.
 */
export const changed = "version = version + 1, updated_at = now(), seq = next_seq($1)"

const versionParams = (expected: VersionMatch | undefined): ReadonlyArray<unknown> =>
  expected === undefined || expected === "*" ? [] : [expected]

/** What tasks, projects and tags have in common: rows of a user with an id and a version. */
export const versionedTable = <Row extends object>(
  db: Database["Service"],
  { alsoSet = {}, columns, entity, fields, isVisible, quota }: Definition
) => {
  const visible = isVisible === undefined ? "" : `and ${isVisible}`
  const inTrash = isVisible === undefined ? "false" : `not (${isVisible})`
  const named = (values: Values) => Object.keys(fields).filter((field) => values[field] !== undefined)

  const findText = `select ${columns} from ${entity} where user_id = $1 and id = $2 ${visible}`
  const find = (owner: UserId, id: string): Effect.Effect<Row, NotFound> =>
    Effect.flatMap(db.query<Row>(owner, findText, [id]), ([row]) =>
      row === undefined ? Effect.fail(new NotFound({ entity })) : Effect.succeed(row)
    )

  /** A write that matched no row was meant for another version, or for a row that does not exist. */
  const missed = (owner: UserId, id: string): Effect.Effect<never, NotFound | VersionConflict<Row>> =>
    Effect.flatMap(find(owner, id), (current) => Effect.fail(new VersionConflict({ current })))

  const anyText = `select ${columns}, ${inTrash} as in_trash from ${entity} where user_id = $1 and id = $2`
  /** Fails when the id is taken, be it by a row in the trash. */
  const failIfExists = Effect.fnUntraced(function* (owner: UserId, id: string) {
    const [found] = yield* db.query<Row & { readonly in_trash: boolean }>(owner, anyText, [id])
    if (found === undefined) return
    const { in_trash, ...current } = found
    return yield* new AlreadyExists({ current: current as unknown as Row, in_trash })
  })

  const usageText = `select ${usage(entity)} >= ${quota} as is_full, $1`
  const failIfFull = Effect.fnUntraced(function* (owner: UserId) {
    const [found] = yield* db.query<{ readonly is_full: boolean }>(owner, usageText)
    if (found?.is_full) return yield* refuse(entity, quota)
  })

  /** Inserts a row, or says what is in the way. `failIfTaken` checks what else must be unique than the id. */
  const create = Effect.fnUntraced(function* <E1, E2 = never>(
    owner: UserId,
    id: string,
    insertion: Effect.Effect<ReadonlyArray<Row>, E1>,
    failIfTaken: Effect.Effect<void, E2> = Effect.void
  ): Effect.fn.Return<Row, AlreadyExists<Row> | QuotaExceeded | E1 | E2> {
    const [created] = yield* insertion
    if (created !== undefined) return created
    yield* failIfExists(owner, id)
    yield* failIfTaken
    yield* failIfFull(owner)
    // What was in the way is gone.
    return yield* create(owner, id, insertion, failIfTaken)
  })

  /**
   * The new row, or none where the user has reached the quota, or where the id, or whatever else is unique, is taken.
   * Parameters of the clauses begin with `$3`.
   */
  const insert = (owner: UserId, id: string, values: Values, clauses: Clauses = {}) => {
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

  /** The changed row, or none where there is no such row or its version is another. */
  const update = (
    owner: UserId,
    id: string,
    values: Values,
    expected: VersionMatch | undefined,
    clauses: Clauses = {}
  ): Effect.Effect<ReadonlyArray<Row>, SqlError.SqlError> => {
    const params = [...(clauses.params ?? []), ...versionParams(expected)]
    const names = named(values)
    const assignments = names.map((name, n) => {
      const parameter = `$${n + 3 + params.length}`
      return `${name} = ${parameter}${alsoSet[name] === undefined ? "" : `, ${alsoSet[name](parameter)}`}`
    })
    return db.write<Row>(
      owner,
      `update ${entity} set ${[...assignments, changed].join(", ")}
        where user_id = $1 and id = $2 ${visible} ${versionCondition(expected, `$${2 + params.length}`)}
          ${clauses.condition === undefined ? "" : `and ${clauses.condition}`}
        returning ${clauses.columns ?? columns}`,
      [id, ...params, ...names.map((name) => values[name])]
    )
  }

  /**
   * Locks the row and then deletes it together with what refers to it, which `text` does: two statements, so that the
   * second one sees the rows that were written until the lock was there.
   */
  const remove = Effect.fnUntraced(function* (
    owner: UserId,
    id: string,
    expected: VersionMatch | undefined,
    text: string
  ) {
    const lock = `
      select id from ${entity}
      where user_id = $1 and id = $2 ${versionCondition(expected, "$3")} and next_seq($1) > 0 for update
    `
    const work = Effect.gen(function* () {
      const rows = yield* db.write(owner, lock, [id, ...versionParams(expected)])
      if (rows.length > 0) yield* db.write(owner, text, [id])
      return rows.length > 0
    })
    if (!(yield* db.heavy(db.transaction(owner, work)))) yield* missed(owner, id)
  })

  return { find, missed, create, insert, update, remove }
}
