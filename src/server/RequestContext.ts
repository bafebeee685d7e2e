import { Context, Effect } from "effect"
import type { SecureRandom } from "effect/crypto"
import type { HttpServerRequest } from "effect/http"
import type { User } from "../domain/User.ts"

/** What a request changed, by the ids of the things. */
interface Event {
  readonly name: string
  readonly ids: Readonly<Record<string, string | ReadonlyArray<string>>>
}

/**
 * What becomes known of one request while it is answered. The edge makes one for each request, whoever
 * learns something writes it down, and the edge reads it when the answer leaves.
 */
export interface Exchange {
  /** Names the request in its answer, in its problem and in every log line about it. */
  readonly id: string
  /** The path of its endpoint as the contract writes it. Absent where no endpoint took the request. */
  route?: string | undefined
  /** Absent until the token is verified. */
  user?: User
  /** Where the caller stands with the limits that were asked, as headers. */
  limits?: { readonly "ratelimit-policy": string; readonly ratelimit: string }
  /** Whether a limit could not be asked. */
  isUncounted?: boolean
  event?: Event
}

export const Exchange = Context.Reference<Exchange>("tasks/server/Exchange", { defaultValue: () => ({ id: "" }) })

/**
 * For the log: what a handler has done. It is told when the answer leaves, and so neither of what is undone
 * before that, nor again when a kept answer is given.
 */
export const happened = (name: string, ids: Event["ids"]) =>
  Effect.map(Exchange, (exchange) => {
    exchange.event = { name, ids }
  })

// Long enough for any tracing scheme, and nothing that could break a log line or a header.
const sane = /^[A-Za-z0-9._:-]{1,128}$/

/** The caller's own id where it is a sane one, so that a proxy's log and ours speak of the same request. */
export const idOf = (request: HttpServerRequest.HttpServerRequest, random: SecureRandom.SecureRandom["Service"]) => {
  const given = request.headers["x-request-id"]
  return given !== undefined && sane.test(given) ? Effect.succeed(given) : random.uuidV7()
}
