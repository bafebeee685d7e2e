import { HttpApi } from "effect/http-api"
import { Api } from "../../src/api/Api.ts"
import type { Ask } from "./HttpTestClient.ts"

const parameter = /:\w+/g
const id = "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"

/** One endpoint that needs a token, and a request to it that lacks nothing else. */
export interface Endpoint {
  readonly name: string
  readonly method: string
  readonly path: string
  readonly ask: Ask
}

/** Bodies that are right, so that what is refused is refused for the token alone. Most endpoints take a task. */
const bodies: Readonly<Record<string, unknown>> = {
  projects: { name: "changed" },
  tags: { name: "changed" },
  "tasks.move": { before: id },
  "tasks.bulk": { operations: [{ op: "delete", id }] }
}

const list: Array<Endpoint> = []
HttpApi.reflect(Api, {
  onGroup: () => {},
  onEndpoint: ({ endpoint: { identifier, method, path, payload }, group }) => {
    if (group.identifier === "health") return
    const ask =
      payload.size === 0
        ? {}
        : { body: bodies[`${group.identifier}.${identifier}`] ?? bodies[group.identifier] ?? { title: "changed" } }
    list.push({ name: `${method} ${path}`, method, path: path.replace(parameter, id), ask })
  }
})

/** Everything in the contract but the health of the service. */
export const endpoints: ReadonlyArray<Endpoint> = list
