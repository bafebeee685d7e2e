import { Context, Effect } from "effect"
import type { SecureRandom } from "effect/crypto"
import type { HttpServerRequest } from "effect/http"

/** Names one request in its answer, in its problem and in every log line about it. */
export const RequestId = Context.Reference<string>("tasks/http/RequestId", { defaultValue: () => "" })

// Long enough for any tracing scheme, and nothing that could break a log line or a header.
const sane = /^[A-Za-z0-9._:-]{1,128}$/

/** The caller's own id where it is a sane one, so that a proxy's log and ours speak of the same request. */
export const requestIdOf = (
  request: HttpServerRequest.HttpServerRequest,
  random: SecureRandom.SecureRandom["Service"]
) => {
  const given = request.headers["x-request-id"]
  return given !== undefined && sane.test(given) ? Effect.succeed(given) : random.uuidV7()
}
