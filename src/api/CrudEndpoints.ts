import type { Schema } from "effect"
import { HttpApiEndpoint, type HttpApiSchema } from "effect/http-api"
import { BodyLimits } from "./middleware/BodyLimits.ts"
import { Idempotency, idempotencyKey } from "./middleware/Idempotency.ts"
import { countCost, rateLimitCost } from "./middleware/RateLimit.ts"
import { operation } from "./openapi/Operation.ts"
import {
  createdResponse,
  ifNoneMatch,
  mergePatch,
  NotModified,
  pageResponse,
  type RowSchema,
  withETag,
  writeConditions
} from "./schemas/ResponseSchemas.ts"

/**
 * The endpoints that every resource has: list, create, get, update (PATCH), put and remove. What differs between
 * resources is a parameter. The library refuses streams among errors by a type that cannot be computed while the
 * errors are a parameter: hence the explicit types and "as never".
 */
export const crudEndpoints = <
  const Name extends string,
  Id extends Schema.Top,
  Query extends Schema.Top,
  Row extends RowSchema,
  Create extends Schema.Top,
  Update extends Schema.Top,
  NotFound extends Schema.Top,
  AlreadyExists extends Schema.Top,
  VersionConflict extends Schema.Top,
  const Refused extends ReadonlyArray<Schema.Top>
>(resource: {
  /** Singular: `task` has the path `/api/tasks` and the parameter `task_id`. */
  readonly name: Name
  readonly id: Id
  readonly query: Query
  readonly row: Row
  readonly create: Create
  readonly update: Update
  readonly notFound: NotFound
  readonly alreadyExists: AlreadyExists
  readonly versionConflict: VersionConflict
  /** Further errors of a create and of an update. */
  readonly refused: Refused
  /** What parameters of the list add to the cost of a request. */
  readonly queryCosts?: Readonly<Record<string, number>>
  readonly descriptions: { readonly list: string; readonly create: string; readonly remove: string }
}) => {
  const { create, descriptions, id, name, query, queryCosts = countCost, row, update } = resource
  const { alreadyExists, notFound, refused, versionConflict } = resource
  const path = `/api/${name}s` as const
  const item = `${path}/:${name}_id` as const
  const params = { [`${name}_id`]: id } as { readonly [key in `${Name}_id`]: Id }
  const change = {
    params,
    headers: writeConditions,
    payload: mergePatch(update),
    success: withETag(row),
    error: [notFound, versionConflict, ...refused] as never
  }

  type Path = typeof path
  type Item = typeof item
  type Params = typeof params
  type Patch = typeof change.payload
  type Tagged = typeof change.success
  type Created = ReturnType<typeof createdResponse<Row>>
  type Key = typeof idempotencyKey
  type Conditions = typeof writeConditions
  type IfNoneMatch = typeof ifNoneMatch
  type Read = readonly [Tagged, typeof NotModified]
  type UpdateErrors = readonly [NotFound, VersionConflict, ...Refused]
  type Empty = typeof HttpApiSchema.NoContent

  const documented = (verb: string, summary: string, description: string) =>
    operation(
      `${verb}${name.charAt(0).toUpperCase()}${name.slice(1)}${verb === "list" ? "s" : ""}`,
      summary,
      description
    )
  const partial = `Absent fields stay as they are; \`null\` clears a nullable field. With \`If-Match\`, the ${name} changes only if it has that version; otherwise the response is 412 with the current ${name}.`

  return [
    HttpApiEndpoint.get("list", path, { query, success: pageResponse(row) })
      .annotateMerge(rateLimitCost(1, queryCosts))
      .annotateMerge(documented("list", `List your ${name}s`, descriptions.list)),

    HttpApiEndpoint.post<"create", Path, never, never, Create, Key, Created, readonly [AlreadyExists, ...Refused]>(
      "create",
      path,
      {
        headers: idempotencyKey,
        payload: create,
        success: createdResponse(row, path),
        error: [alreadyExists, ...refused] as never
      }
    )
      .middleware(Idempotency)
      .middleware(BodyLimits)
      .annotateMerge(documented("create", `Create a ${name}`, descriptions.create)),

    HttpApiEndpoint.get<"get", Item, Params, never, never, IfNoneMatch, Read, NotFound>("get", item, {
      params,
      headers: ifNoneMatch,
      success: [change.success, NotModified],
      error: notFound as never
    }).annotateMerge(documented("get", `Get a ${name}`, "Send the `ETag` as `If-Match` with the next change.")),

    HttpApiEndpoint.patch<"update", Item, Params, never, Patch, Conditions, Tagged, UpdateErrors>(
      "update",
      item,
      change
    )
      .middleware(BodyLimits)
      .annotateMerge(
        documented("update", `Update a ${name} (PATCH)`, `${partial} This is a JSON merge patch (RFC 7396).`)
      ),

    HttpApiEndpoint.put<"put", Item, Params, never, Patch, Conditions, Tagged, UpdateErrors>("put", item, change)
      .middleware(BodyLimits)
      .annotateMerge(
        documented("put", `Update a ${name} (PUT)`, `Like PATCH, it does not replace the whole ${name}. ${partial}`)
      ),

    HttpApiEndpoint.delete<
      "remove",
      Item,
      Params,
      never,
      never,
      Conditions,
      Empty,
      readonly [NotFound, VersionConflict]
    >("remove", item, {
      params,
      headers: writeConditions,
      error: [notFound, versionConflict] as never
    }).annotateMerge(
      documented("remove", `Delete a ${name}`, `${descriptions.remove} \`If-Match\` names the version to delete.`)
    )
  ] as const
}
