import { Effect } from "effect"
import { CurrentUser } from "../../api/middleware/Authorization.ts"
import type { Page, PaginationParams } from "../../domain/Pagination.ts"
import type { UserId } from "../../domain/User.ts"
import { matchesVersion, type VersionMatch } from "../../domain/Version.ts"
import { recordAuditEvent } from "../pipeline/RequestContext.ts"
import { toPage } from "./PaginationLinks.ts"
import { type ErrorTable, mapErrors } from "./RepositoryErrors.ts"

/** What the repositories of tasks, projects and tags have in common. */
interface CrudRepo<Id, Row, Query, Create, Update, CreateError, FindError, WriteError, UpdateError> {
  list(owner: UserId, query: Query): Effect.Effect<Page<Row>>
  find(owner: UserId, id: Id): Effect.Effect<Row, FindError>
  create(owner: UserId, value: Create): Effect.Effect<Row, CreateError>
  update(owner: UserId, id: Id, change: Update, expected: VersionMatch | undefined): Effect.Effect<Row, UpdateError>
  remove(owner: UserId, id: Id, expected: VersionMatch | undefined): Effect.Effect<void, WriteError>
}

interface DomainError {
  readonly _tag: string
}

interface IfMatch {
  readonly "if-match"?: VersionMatch
}

/** The row, or that the client's copy is current (304). */
const notModifiedOr = <Row extends { readonly version: number }>(
  { "if-none-match": held }: { readonly "if-none-match"?: VersionMatch },
  row: Row
) => (held !== undefined && matchesVersion(held, row.version) ? { not_modified: row.version } : row)

/** The handlers of one resource. `name` gives the path parameter (`task_id`) and the audit events ("task created"). */
export const crudHandlers = <
  const Name extends string,
  Id extends string,
  Row extends { readonly id: Id; readonly version: number },
  Query extends PaginationParams,
  Create,
  Update,
  CreateError extends DomainError,
  FindError extends DomainError,
  WriteError extends DomainError,
  UpdateError extends DomainError,
  Table extends ErrorTable<(CreateError | FindError | WriteError | UpdateError)["_tag"]>
>(
  name: Name,
  repo: CrudRepo<Id, Row, Query, Create, Update, CreateError, FindError, WriteError, UpdateError>,
  errors: Table
) => {
  type Params = { readonly [_ in `${Name}_id`]: Id }
  const idOf = (params: Params): Id => params[`${name}_id`]
  const record = (event: string, id: string) => recordAuditEvent(`${name} ${event}`, { [`${name}_id`]: id })

  const update = Effect.fnUntraced(function* (input: {
    readonly params: Params
    readonly headers: IfMatch
    readonly payload: Update
  }) {
    const { id } = yield* CurrentUser
    const row = yield* mapErrors<UpdateError, Table>(errors)(
      repo.update(id, idOf(input.params), input.payload, input.headers["if-match"])
    )
    yield* record("updated", row.id)
    return row
  })

  return {
    list: Effect.fnUntraced(function* (input: { readonly query: Query; readonly request: { readonly url: string } }) {
      const { id } = yield* CurrentUser
      return toPage(input.request.url, input.query, yield* repo.list(id, input.query))
    }),

    get: Effect.fnUntraced(function* (input: {
      readonly params: Params
      readonly headers: { readonly "if-none-match"?: VersionMatch }
    }) {
      const { id } = yield* CurrentUser
      const row = yield* mapErrors<FindError, Table>(errors)(repo.find(id, idOf(input.params)))
      return notModifiedOr(input.headers, row)
    }),

    create: Effect.fnUntraced(function* (input: { readonly payload: Create }) {
      const { id } = yield* CurrentUser
      const row = yield* mapErrors<CreateError, Table>(errors)(repo.create(id, input.payload))
      yield* record("created", row.id)
      return row
    }),

    update,
    // PUT changes the same fields as PATCH: an absent field stays as it is.
    put: update,

    remove: Effect.fnUntraced(function* (input: { readonly params: Params; readonly headers: IfMatch }) {
      const { id } = yield* CurrentUser
      yield* mapErrors<WriteError, Table>(errors)(repo.remove(id, idOf(input.params), input.headers["if-match"]))
      yield* record("deleted", idOf(input.params))
    })
  }
}
