import { Effect } from "effect"
import { CurrentUser } from "../../api/middleware/Authorization.ts"
import { VersionConflict } from "../../domain/Errors.ts"
import type { PaginationParams } from "../../domain/Pagination.ts"
import type { UserId } from "../../domain/User.ts"
import { matchesVersion, type VersionMatch } from "../../domain/Version.ts"
import type { ResourceRepo } from "../../repositories/VersionedTable.ts"
import { recordAuditEvent } from "../pipeline/RequestContext.ts"
import { toPage } from "./PaginationLinks.ts"
import { type ErrorTable, type MappedError, mapErrors } from "./RepositoryErrors.ts"

interface Conditions {
  readonly "if-match"?: VersionMatch
  readonly "if-none-match"?: VersionMatch
}

type RepoErrorTag = "NotFound" | "AlreadyExists" | "VersionConflict" | "QuotaExceeded"

/** The handlers of one resource. `name` gives the path parameter (`task_id`) and the audit events ("task created"). */
export const crudHandlers = <
  const Name extends string,
  Row extends { readonly id: string; readonly version: number },
  Create,
  Update,
  Refused extends { readonly _tag: string },
  Query extends PaginationParams,
  Table extends ErrorTable<RepoErrorTag> & ErrorTable<Refused["_tag"]>
>(
  name: Name,
  repo: ResourceRepo<Row, Create, Update, Refused, Query>,
  errors: Table
) => {
  type Id = Row["id"]
  type Params = { readonly [_ in `${Name}_id`]: Id }
  const idOf = (params: Params): Id => params[`${name}_id`]
  // The table has every error of the repository, which TypeScript cannot see while they are parameters.
  const mapped = <A, E extends { readonly _tag: string }>(effect: Effect.Effect<A, E>) =>
    mapErrors(errors)(effect as Effect.Effect<A, never>) as Effect.Effect<A, MappedError<Table, E>>
  const record = (event: string, id: string) => recordAuditEvent(`${name} ${event}`, { [`${name}_id`]: id })

  /** A version never comes back, so no write in between can give the row one of those that the client has. */
  const failIfHeld = Effect.fnUntraced(function* (owner: UserId, id: Id, held: VersionMatch) {
    const current = yield* repo.find(owner, id)
    if (matchesVersion(held, current.version)) return yield* new VersionConflict({ current, is_excluded: true })
  })

  const update = Effect.fnUntraced(function* (input: {
    readonly params: Params
    readonly headers: Conditions
    readonly payload: Update
  }) {
    const { id } = yield* CurrentUser
    const { "if-none-match": held } = input.headers
    if (held !== undefined) yield* mapped(failIfHeld(id, idOf(input.params), held))
    const row = yield* mapped(repo.update(id, idOf(input.params), input.payload, input.headers["if-match"]))
    yield* record("updated", row.id)
    return row
  })

  return {
    list: Effect.fnUntraced(function* (input: { readonly query: Query; readonly request: { readonly url: string } }) {
      const { id } = yield* CurrentUser
      return toPage(`${name}s`, input.request.url, input.query, yield* repo.list(id, input.query))
    }),

    get: Effect.fnUntraced(function* (input: { readonly params: Params; readonly headers: Conditions }) {
      const { id } = yield* CurrentUser
      const row = yield* mapped(repo.find(id, idOf(input.params)))
      const { "if-match": expected, "if-none-match": held } = input.headers
      if (expected !== undefined && !matchesVersion(expected, row.version)) {
        return yield* mapped(Effect.fail(new VersionConflict({ current: row })))
      }
      return held !== undefined && matchesVersion(held, row.version) ? { not_modified: row.version } : row
    }),

    create: Effect.fnUntraced(function* (input: { readonly payload: Create }) {
      const { id } = yield* CurrentUser
      const row = yield* mapped(repo.create(id, input.payload))
      yield* record("created", row.id)
      return row
    }),

    update,
    // PUT is the same as PATCH: it does not change absent fields.
    put: update,

    remove: Effect.fnUntraced(function* (input: { readonly params: Params; readonly headers: Conditions }) {
      const { id } = yield* CurrentUser
      const { "if-none-match": held } = input.headers
      if (held !== undefined) yield* mapped(failIfHeld(id, idOf(input.params), held))
      yield* mapped(repo.remove(id, idOf(input.params), input.headers["if-match"]))
      yield* record("deleted", idOf(input.params))
    })
  }
}
