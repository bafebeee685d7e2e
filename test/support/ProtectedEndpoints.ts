import { HttpApi } from "effect/http-api"
import { Api } from "../../src/api/Api.ts"
import type { TestRequest } from "./HttpTestClient.ts"

const parameter = /:\w+/g
const id = "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"

/** One endpoint that needs a token, and a request to it that lacks nothing else. */
export interface ProtectedEndpoint {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly request: TestRequest
}

/** Bodies that are right, so that what is refused is refused for the token alone. Most endpoints take a task. */
const bodies: Readonly<Record<string, unknown>> = {
  projects: { name: "changed" },
  tags: { name: "changed" },
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

/** Everything in the contract but the health of the service. */
export const protectedEndpoints: ReadonlyArray<ProtectedEndpoint> = list
