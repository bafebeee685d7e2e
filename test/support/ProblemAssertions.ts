import { assert } from "@effect/vitest"
import type { TestResponse } from "./HttpTestClient.ts"

const members = ["code", "detail", "request_id", "status", "title", "type"]

/** Every response from 400 up has the members of a problem, and `more`. */
export const assertProblem = (
  response: TestResponse,
  status: number,
  code: string,
  more: ReadonlyArray<string> = []
) => {
  assert.strictEqual(response.status, status, JSON.stringify(response.body))
  assert.strictEqual(response.headers.get("content-type"), "application/problem+json")
  assert.deepStrictEqual(Object.keys(response.body).toSorted(), [...members, ...more].toSorted())
  assert.deepInclude(response.body, { status, code, request_id: response.headers.get("x-request-id") })
  assert.match(response.body.type, /^urn:tasks:[a-z-]+$/)
  assert.isAbove(response.body.detail.length, 0)
}

/** The errors of a 422, as pointer and code. */
export const errorsOf = ({ body }: TestResponse) =>
  body.errors.map(({ pointer, code }: { pointer: string; code: string }) => `${pointer} ${code}`)
