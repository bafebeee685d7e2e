import { Schema } from "effect"
import * as Account from "./AccountErrors.ts"
import * as Common from "./CommonErrors.ts"
import * as Idempotency from "./IdempotencyErrors.ts"
import * as Resources from "./ResourceErrors.ts"
import * as Sync from "./SyncErrors.ts"

const exported = { ...Account, ...Common, ...Idempotency, ...Resources, ...Sync }
type Exported = (typeof exported)[keyof typeof exported]
type ApiErrorClass = Extract<Exported, { readonly fields: { readonly request_id: Schema.Top } }>

const isApiError = (value: Exported): value is ApiErrorClass => "fields" in value && "request_id" in value.fields

const statusOf = (error: ApiErrorClass) => Number(Schema.resolveAnnotations(error)?.httpApiStatus)

/** Every error of the API, by status and name. */
export const apiErrors: ReadonlyArray<ApiErrorClass> = Object.values(exported)
  .filter(isApiError)
  .toSorted((a, b) => statusOf(a) - statusOf(b) || a.identifier.localeCompare(b.identifier))
