import { readParts } from "./BodyParts.ts"
import type { Call, SyncEnd, SyncOptions } from "./ClientTypes.ts"
import { isApiError } from "./Errors.ts"
import { abortableSleep } from "./Retry.ts"
import type { ChangesPage, ChangesQuery } from "./Types.ts"

// The server sends something every 15 seconds. After this time the connection is dead, which a browser may not notice.
const silence = 40_000
const longestDelay = 30_000

interface Event {
  readonly type: string
  readonly id: string
}

/** Yields server-sent events until the response ends. It throws when nothing arrives for too long. */
export async function* readEvents(response: Response, limit = silence): AsyncGenerator<Event, void, undefined> {
  for await (const block of readParts(response, "\n\n", limit)) {
    const fields = Object.fromEntries(block.split("\n").map((line) => line.split(": ", 2)))
    if (fields.event !== undefined) yield { type: fields.event, id: fields.id ?? "" }
  }
}

/** The requests of a synchronization. */
export interface SyncRequests {
  readonly changes: (query: ChangesQuery, call: Call) => Promise<ChangesPage>
  /** An event stream, once it is open. */
  readonly events: (call: Call) => Promise<AsyncIterable<Event>>
}

class ApplyFailed extends Error {}

/** Follows the feed until the signal is aborted or an error is permanent. */
export const sync = async (requests: SyncRequests, options: SyncOptions): Promise<SyncEnd> => {
  const { apply, onState = () => {}, signal, start = "beginning" } = options
  const call = { signal }
  let { cursor } = options

  const applyPage = async (changes: ChangesPage["changes"], next: string, isReset: boolean) => {
    try {
      await apply(changes, next, { isReset })
    } catch (cause) {
      throw new ApplyFailed("", { cause })
    }
    cursor = next
  }

  /** Applies pages until there is no more. */
  const pull = async () => {
    for (let hasMore = true; hasMore; ) {
      const page = await requests.changes(cursor === undefined ? {} : { cursor }, call)
      if (page.cursor !== cursor) await applyPage(page.changes, page.cursor, cursor === undefined)
      hasMore = page.has_more
    }
  }

  /** Applies what changed up to the cursor of an event: nothing, without a cursor and with `start: "now"`. */
  const catchUp = async (id: string) => {
    if (id === cursor) return
    await (cursor === undefined && start === "now" ? applyPage([], id, true) : pull())
  }

  for (let attempt = 0; ; attempt++) {
    try {
      if (cursor !== undefined || start === "beginning") await pull()
      for await (const { id, type } of await requests.events(call)) {
        if (type !== "changes") break
        await catchUp(id)
        attempt = 0
        onState("live")
      }
    } catch (error) {
      if (signal?.aborted) return { reason: "aborted" }
      if (error instanceof ApplyFailed) return { reason: "apply_failed", error: error.cause }
      if (isApiError(error, "SYNC_RESET_REQUIRED")) cursor = undefined
      // A stream that ends early rejects with an error of the browser.
      else if (isApiError(error) && error.status !== 429 && error.status < 500) {
        return { reason: error.status === 401 ? "signed_out" : "refused", error }
      }
    }
    onState("connecting")
    try {
      // Clients that lost their streams at the same time must not reconnect at the same time.
      await abortableSleep(Math.random() * Math.min(longestDelay, 1_000 * 2 ** attempt), signal)
    } catch {
      return { reason: "aborted" }
    }
  }
}
