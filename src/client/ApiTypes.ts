import type { Brand, Schema, Stream } from "effect"
import type { HttpApi, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import type { Api } from "../api/Api.ts"
import type { apiErrors } from "../api/errors/ApiErrors.ts"

// Nothing here but types: the contract says what a call takes and gives, and weighs nothing in a browser.

/** A value as JSON has it: an id is text like any other. */
export type Json<T> = T extends string & Brand.Brand<string> ? string : { readonly [K in keyof T]: Json<T[K]> }

type Endpoint = typeof Api extends HttpApi.HttpApi<string, infer Groups> ? HttpApiGroup.Endpoints<Groups> : never

export type Method = Endpoint["method"]
export type Path<M extends Method> = Extract<Endpoint, { readonly method: M }>["path"]
export type EndpointAt<M extends Method, P extends string> = Extract<Endpoint, { readonly method: M; readonly path: P }>

type Part<Name extends string, S extends Schema.Constraint> = [S] extends [never]
  ? { readonly [_ in Name]?: never }
  : { readonly [_ in Name]: Json<S["Type"]> }

/** A cursor is opaque: what the service reads out of it is not the client's. */
type Query<Q extends Schema.Constraint> = [Q] extends [never]
  ? { readonly query?: never }
  : { readonly query: Omit<Json<Q["Type"]>, "cursor"> & { readonly cursor?: string } }

/** What a request must bring, by the contract. */
export type RequestInput<E extends HttpApiEndpoint.ConstraintRequest> = Part<"params", E["~Params"]> &
  Query<E["~Query"]> &
  Part<"body", E["~Payload"]> & { readonly headers?: { readonly [name in keyof E["~Headers"]["Type"]]?: string } }

/** What the answer is, by the contract. Who holds nothing is never told that it has not changed. */
export type ResponseBody<E extends HttpApiEndpoint.Constraint> = E["~Success"]["Type"] extends {
  readonly body: Stream.Stream<infer Row, unknown>
}
  ? AsyncIterable<Json<Row>>
  : Json<Exclude<E["~Success"]["Type"], { readonly not_modified: number }>>

type BodyOf<P> = P extends { readonly fields: infer Fields extends Schema.Struct.Fields }
  ? Json<Schema.Struct.Type<Fields>>
  : never

/** Every problem the service answers with, told apart by `code`. */
export type ApiErrorBody = BodyOf<(typeof apiErrors)[number]>
