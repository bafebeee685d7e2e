import { type Schema, String } from "effect"
import { HttpApiEndpoint, type HttpApiSchema } from "effect/http-api"
import { described } from "../domain/Description.ts"
import { BodyLimits } from "./middleware/BodyLimits.ts"
import { Idempotency, idempotencyKey } from "./middleware/Idempotency.ts"
import { countCost, rateLimitCost } from "./middleware/RateLimit.ts"
import { operation } from "./openapi/Operation.ts"
import {
  createdResponse,
  mergePatch,
  NotModified,
  pageResponse,
  type RowSchema,
  readConditions,
  withETag,
  writeConditions
} from "./schemas/ResponseSchemas.ts"

/** What differs between resources. */
interface Resource {
  /** Singular: `task` has the path `/api/tasks` and the parameter `task_id`. */
  readonly name: string
  readonly id: Schema.Top
  readonly query: Schema.Top
  readonly row: RowSchema
  readonly create: Schema.Top
  readonly update: Schema.Top
  readonly notFound: Schema.Top
  readonly alreadyExists: Schema.Top
  readonly versionConflict: Schema.Top
  /** Further errors of a create and of an update. */
  readonly refused: ReadonlyArray<Schema.Top>
  /** What parameters of the list add to the cost of a request. */
  readonly queryCosts?: Readonly<Record<string, number>>
  readonly descriptions: { readonly list: string; readonly create: string; readonly remove: string }
}

/**
 * The endpoints that every resource has: list, create, get, update (PATCH), put and remove. The library refuses streams
 * among errors by a type that cannot be computed while the errors are a parameter: hence the explicit types and "as never".
 */
export const crudEndpoints = <const R extends Resource>(resource: R) => {
  const { alreadyExists, descriptions, notFound, queryCosts = countCost, refused, versionConflict } = resource
  // Without the annotation TypeScript widens these to the types of `Resource`.
  const { create, id, name, query, row, update }: Pick<R, "create" | "id" | "name" | "query" | "row" | "update"> =
    resource
  const path = `/api/${name}s` as const
  const item = `${path}/:${name}_id` as const
  // TypeScript gives a computed key the type `string`, and cannot see that a description leaves the type of an id as it is.
  const params = { [`${name}_id`]: id.pipe(described(`Identifies the ${name}.`)) } as unknown as {
    readonly [key in `${R["name"]}_id`]: R["id"]
  }
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
  type Created = ReturnType<typeof createdResponse<R["row"]>>
  type Key = typeof idempotencyKey
  type Conditions = typeof writeConditions
  type ReadConditions = typeof readConditions
  type Read = readonly [Tagged, typeof NotModified]
  type RemoveErrors = readonly [R["notFound"], R["versionConflict"]]
  type UpdateErrors = readonly [...RemoveErrors, ...R["refused"]]
  type CreateErrors = readonly [R["alreadyExists"], ...R["refused"]]
  type Empty = typeof HttpApiSchema.NoContent

  const documented = (verb: string, summary: string, description: string) =>
    operation(`${verb}${String.capitalize(name)}${verb === "list" ? "s" : ""}`, summary, description)
  const partial = `Absent fields stay as they are; \`null\` clears a nullable field. With \`If-Match\`, the ${name} changes only if it has that version; otherwise the response is 412 with the current ${name}.`

  return [
    HttpApiEndpoint.get("list", path, { query, success: pageResponse(row) })
      .annotateMerge(rateLimitCost(1, queryCosts))
      .annotateMerge(documented("list", `List your ${name}s`, descriptions.list)),

    HttpApiEndpoint.post<"create", Path, never, never, R["create"], Key, Created, CreateErrors>("create", path, {
      headers: idempotencyKey,
      payload: create,
      success: createdResponse(row, path),
      error: [alreadyExists, ...refused] as never
    })
      .middleware(Idempotency)
      .middleware(BodyLimits)
      .annotateMerge(documented("create", `Create a ${name}`, descriptions.create)),

    HttpApiEndpoint.get<"get", Item, Params, never, never, ReadConditions, Read, RemoveErrors>("get", item, {
      params,
      headers: readConditions,
      success: [change.success, NotModified],
      error: [notFound, versionConflict] as never
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

    HttpApiEndpoint.delete<"remove", Item, Params, never, never, Conditions, Empty, RemoveErrors>("remove", item, {
      params,
      headers: writeConditions,
      error: [notFound, versionConflict] as never
    }).annotateMerge(
      documented("remove", `Delete a ${name}`, `${descriptions.remove} \`If-Match\` names the version to delete.`)
    )
  ] as const
}
