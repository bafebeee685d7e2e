import { HttpApi } from "effect/http-api"
import { Api } from "../../src/api/Api.ts"
import type { TestRequest } from "./HttpTestClient.ts"

const parameter = /:\w+/g
const id = "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"

/** An endpoint that needs a token, and a request to it that is valid but for the token. */
export interface ProtectedEndpoint {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly request: TestRequest
}

/** Valid bodies, so that requests are rejected only for their token. Most endpoints take a task. */
const bodies: Readonly<Record<string, unknown>> = {
  projects: { name: "changed" },
  tags: { name: "changed" },
  "recurrence.preview": { rrule: "FREQ=DAILY", due: { date: "2026-12-01" } },
  "tasks.parse": { text: "Buy milk tomorrow" },
  "tasks.move": { before: id },
  "tasks.bulk": { operations: [{ op: "delete", id }] }
}

const list: Array<ProtectedEndpoint> = []
HttpApi.reflect(Api, {
  onGroup: () => {},
  onEndpoint: ({ endpoint: { identifier, method, path, payload }, group }) => {
    if (group.identifier === "health") return
    const request =
      payload.size === 0
        ? {}
        : { body: bodies[`${group.identifier}.${identifier}`] ?? bodies[group.identifier] ?? { title: "changed" } }
    list.push({ name: `${method} ${path}`, method, path: path.replace(parameter, id), request })
  }
})

/** Every endpoint of the contract but the health checks. */
export const protectedEndpoints: ReadonlyArray<ProtectedEndpoint> = list
