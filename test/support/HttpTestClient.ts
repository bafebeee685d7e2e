import { once } from "node:events"
import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert } from "@effect/vitest"
import { Context, Effect, Layer } from "effect"
import type { Auth } from "../../src/auth/Auth.ts"
import { ChangeBus } from "../../src/events/ChangeBus.ts"
import { ChangeHub } from "../../src/events/ChangeHub.ts"
import { RateLimiters } from "../../src/rate-limit/RateLimiters.ts"
import { AccountRepo } from "../../src/repositories/AccountRepo.ts"
import { ChangesRepo } from "../../src/repositories/ChangesRepo.ts"
import { IdempotencyRepo } from "../../src/repositories/IdempotencyRepo.ts"
import { ProjectRepo } from "../../src/repositories/ProjectRepo.ts"
import { TagRepo } from "../../src/repositories/TagRepo.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { TicketRepo } from "../../src/repositories/TicketRepo.ts"
import { TrashRepo } from "../../src/repositories/TrashRepo.ts"
import { makeListener } from "../../src/server/Listener.ts"
import type { RequestListener } from "../../src/server/pipeline/Pipeline.ts"
import { Readiness } from "../../src/server/Readiness.ts"
import { violationsOf } from "./Document.ts"
import * as LogAssertions from "./LogAssertions.ts"
import * as TestAuth from "./TestAuth.ts"

export interface TestResponse {
  readonly status: number
  readonly headers: Headers
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails where it is not
  readonly body: any
}

export interface TestRequest {
  readonly as?: string
  readonly headers?: Record<string, string>
  /** Text and bytes are sent as they are, anything else as JSON. */
  readonly body?: unknown
}

type Repositories =
  | AccountRepo
  | ChangesRepo
  | TicketRepo
  | IdempotencyRepo
  | TaskRepo
  | TrashRepo
  | ProjectRepo
  | TagRepo

/** On the provided database. */
export const repositories = Layer.mergeAll(
  AccountRepo.layer,
  ChangesRepo.layer,
  TicketRepo.layer,
  IdempotencyRepo.layer,
  TaskRepo.layer,
  TrashRepo.layer,
  ProjectRepo.layer,
  TagRepo.layer
).pipe(Layer.provide(NodeCrypto.layerSecureRandom))

/** Repositories whose every method dies: no call is expected. */
export const noRepositories = Layer.mergeAll(
  Layer.mock(ChangesRepo, {}),
  Layer.mock(TicketRepo, {}),
  Layer.mock(IdempotencyRepo, {}),
  Layer.mock(TaskRepo, {}),
  Layer.mock(TrashRepo, {}),
  Layer.mock(ProjectRepo, {}),
  Layer.mock(TagRepo, {}),
  Layer.mock(AccountRepo, {})
)

/** Live updates of a process that is alone. */
export const changeHub = ChangeHub.layer({ maxStreams: 100 }).pipe(Layer.provide(ChangeBus.layerLocal))

// A test may replace the global function.
const send = globalThis.fetch

/** The path of the next page of a list: its link is relative to the list. */
export const nextPage = (path: string, { headers }: TestResponse) =>
  path.split("?", 1)[0] + (headers.get("link")?.match(/<(\?[^>]+)>; rel="next"/)?.[1] ?? "")

/** Serves on a free port of the loopback interface until the scope closes, and returns the origin. */
export const listen = (listener: RequestListener) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const server = createServer({ joinDuplicateHeaders: true, maxHeaderSize: 256 * 1024 }, listener).listen(
        0,
        "127.0.0.1"
      )
      await once(server, "listening")
      return server
    }),
    (server) =>
      Effect.sync(() => {
        server.close()
        server.closeAllConnections()
      })
  ).pipe(Effect.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`))

/**
 * The whole router as bytes see it: from a web request to a web response, with nothing left out but the socket. Every
 * answer is compared with the OpenAPI document, which must allow it.
 */
export class HttpTestClient extends Context.Service<
  HttpTestClient,
  (method: string, path: string, ask?: TestRequest) => Effect.Effect<TestResponse>
>()("test/support/HttpTestClient") {
  static readonly layerWith = <E, R>(
    services: Layer.Layer<Repositories | Auth | Readiness, E, R>,
    limits: Layer.Layer<RateLimiters> = RateLimiters.layerOff
  ) =>
    Layer.effect(
      HttpTestClient,
      Effect.gen(function* () {
        const context = yield* Layer.build(Layer.provideMerge(changeHub, Layer.merge(services, limits)))
        // With the services of the test, such as its logger.
        const surroundings = LogAssertions.recording(yield* Effect.context<never>())
        const listener = yield* Effect.provideContext(makeListener, Context.merge(surroundings, context))
        const origin = yield* listen(listener)
        return (method, path, { as, body, headers } = {}) =>
          Effect.promise(async () => {
            LogAssertions.keepSent({ path, headers: { authorization: `Bearer ${as}`, ...headers }, body })
            const response = await send(`${origin}${path}`, {
              method,
              headers: {
                ...(as !== undefined && { authorization: `Bearer ${as}` }),
                ...(body !== undefined && { "content-type": "application/json" }),
                ...headers
              },
              ...(body !== undefined && {
                body: typeof body === "string" || body instanceof Uint8Array ? body : JSON.stringify(body)
              })
            })
            const text = await response.text()
            const { headers: answered, status } = response
            assert.deepStrictEqual(
              violationsOf(method, path, { status, headers: answered, text }),
              [],
              `${method} ${path}`
            )
            const isJson = text !== "" && response.headers.get("content-type")?.match(/[/+]json/)
            return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text }
          })
      })
    )

  /** On the provided database, with an issuer whose tokens are user ids. */
  static readonly layer = HttpTestClient.layerWith(
    Layer.mergeAll(repositories, TestAuth.layer, Readiness.layer({ database: Effect.void }))
  )
}
