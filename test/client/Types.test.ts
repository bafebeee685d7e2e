import { assert, describe, it } from "@effect/vitest"
import type { Brand, Schema, Stream } from "effect"
import type { HttpApi, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import type { Api } from "../../src/api/Api.ts"
import { apiErrors } from "../../src/api/errors/ApiErrors.ts"
import type * as client from "../../src/client/index.ts"
import type * as account from "../../src/domain/AccountExport.ts"
import type * as change from "../../src/domain/Change.ts"
import type * as project from "../../src/domain/Project.ts"
import type * as quickAdd from "../../src/domain/QuickAdd.ts"
import type * as recurrence from "../../src/domain/Recurrence.ts"
import type * as tag from "../../src/domain/Tag.ts"
import type * as task from "../../src/domain/Task.ts"
import type * as bulk from "../../src/domain/TaskBulk.ts"
import type * as query from "../../src/domain/TaskQuery.ts"
import type * as user from "../../src/domain/User.ts"

/** A value as JSON has it, with branded ids as plain text. */
type Json<T> = T extends string & Brand.Brand<string> ? string : { readonly [K in keyof T]: Json<T[K]> }

/** The client also takes a `Date` where the contract has a timestamp. */
type WithoutDates<T> = T extends Date ? never : { readonly [K in keyof T]: WithoutDates<T[K]> }

type Flat<T> = T extends object ? { readonly [K in keyof T]: Flat<T[K]> } : T

type Same<A, B> = [Flat<A>] extends [Flat<B>] ? ([Flat<B>] extends [Flat<A>] ? true : false) : false

// Each line fails to compile when the client's type differs from the contract's.
const same: ReadonlyArray<true> = [
  true satisfies Same<client.Task, Json<task.Task>>,
  true satisfies Same<client.TrashedTask, Json<task.TrashedTask>>,
  true satisfies Same<WithoutDates<client.TaskCreate>, Json<task.TaskCreate>>,
  true satisfies Same<WithoutDates<client.TaskUpdate>, Json<task.TaskUpdate>>,
  true satisfies Same<client.TaskMove, Json<task.TaskMove>>,
  true satisfies Same<WithoutDates<client.TaskOperation>, Json<bulk.TaskOperation>>,
  true satisfies Same<Omit<WithoutDates<client.TaskQuery>, "cursor">, Omit<Json<query.TaskQuery>, "cursor">>,
  true satisfies Same<WithoutDates<client.TaskText>, Json<quickAdd.TaskText>>,
  true satisfies Same<WithoutDates<client.ParsedTask>, Json<quickAdd.ParsedTask>>,
  true satisfies Same<client.Recurrence, Json<recurrence.Recurrence>>,
  true satisfies Same<client.TaskCompletion, Json<recurrence.TaskCompletion>>,
  true satisfies Same<client.RecurrencePreview, Json<recurrence.RecurrencePreview>>,
  true satisfies Same<client.Occurrences, Json<recurrence.Occurrences>>,
  true satisfies Same<client.Project, Json<project.Project>>,
  true satisfies Same<client.ProjectCreate, Json<project.ProjectCreate>>,
  true satisfies Same<client.ProjectUpdate, Json<project.ProjectUpdate>>,
  true satisfies Same<client.Tag, Json<tag.Tag>>,
  true satisfies Same<client.TagCreate, Json<tag.TagCreate>>,
  true satisfies Same<client.TagUpdate, Json<tag.TagUpdate>>,
  true satisfies Same<client.User, Json<user.User>>,
  true satisfies Same<client.Change, Json<change.Change>>,
  true satisfies Same<Omit<client.ChangesQuery, "cursor">, Omit<Json<change.ChangesQuery>, "cursor">>,
  true satisfies Same<client.ExportRecord, Json<account.ExportRecord>>
]

type Endpoint = typeof Api extends HttpApi.HttpApi<string, infer Groups> ? HttpApiGroup.Endpoints<Groups> : never
type ResponseAt<Path extends string> =
  Extract<Endpoint, { readonly method: "GET"; readonly path: Path }> extends HttpApiEndpoint.Constraint & infer E
    ? E extends HttpApiEndpoint.Constraint
      ? E["~Success"]["Type"] extends { readonly body: Stream.Stream<infer Row, unknown> }
        ? Row
        : E["~Success"]["Type"]
      : never
    : never

type ErrorFields = (typeof apiErrors)[number] extends infer E
  ? E extends { readonly fields: infer Fields extends Schema.Struct.Fields }
    ? Json<Schema.Struct.Type<Fields>>
    : never
  : never
type Details<Code extends client.ErrorCode> = Omit<
  Extract<ErrorFields, { readonly code: Code }>,
  "type" | "title" | "status" | "detail" | "code" | "request_id" | "errors" | "errors_truncated" | "retry_after"
>

const sameResponses: ReadonlyArray<true> = [
  true satisfies Same<client.Health, Json<ResponseAt<"/health">>>,
  true satisfies Same<client.User, Json<ResponseAt<"/api/me">>>,
  true satisfies Same<client.ChangesPage, Json<ResponseAt<"/api/changes">>>,
  true satisfies Same<client.ErrorCode, ErrorFields["code"]>,
  true satisfies Same<client.ErrorDetails["TASK_VERSION_CONFLICT"], Details<"TASK_VERSION_CONFLICT">>,
  true satisfies Same<client.ErrorDetails["TASK_ALREADY_EXISTS"], Details<"TASK_ALREADY_EXISTS">>,
  true satisfies Same<client.ErrorDetails["PROJECT_VERSION_CONFLICT"], Details<"PROJECT_VERSION_CONFLICT">>,
  true satisfies Same<client.ErrorDetails["TAG_NAME_TAKEN"], Details<"TAG_NAME_TAKEN">>,
  true satisfies Same<client.ErrorDetails["RATE_LIMITED"], Details<"RATE_LIMITED">>,
  true satisfies Same<client.ErrorDetails["NOT_READY"], Details<"NOT_READY">>
]

describe("The types of the client", () => {
  it("equal the types of the contract", () => {
    assert.isTrue([...same, ...sameResponses].every(Boolean))
    assert.isAbove(apiErrors.length, 20)
  })
})
