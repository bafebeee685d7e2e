import { readParts } from "./BodyParts.ts"
import type { Call, SyncEnd, SyncOptions } from "./ClientTypes.ts"
import { isApiError, isTemporary, type NetworkError } from "./Errors.ts"
import { abortableSleep } from "./Retry.ts"
import type { ChangesPage, ChangesQuery } from "./Types.ts"

const longestDelay = 30_000

interface Event {
  readonly type: string
  readonly id: string
}

/** Yields server-sent events until the response ends. It throws when nothing arrives for too long. */
export async function* readEvents(response: Response, silence?: number): AsyncGenerator<Event, void, undefined> {
  for await (const block of readParts(response, "\n\n", silence)) {
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

/** Follows the feed until the signal is aborted or an error is permanent. */
export const sync = async (requests: SyncRequests, options: SyncOptions): Promise<SyncEnd> => {
  const { apply, onState, signal = new AbortController().signal, start = "beginning" } = options
  let { cursor } = options
  let attempt = 0
  let end: SyncEnd | undefined

  const applyPage = async (changes: ChangesPage["changes"], next: string, isReset: boolean) => {
    try {
      await apply(changes, next, { isReset })
    } catch (error) {
      end = { reason: "apply_failed", error }
      throw error
    }
    cursor = next
  }

  /** Follows the feed until the connection is lost, and then waits. */
  const follow = async (call: Call) => {
    /** Applies pages until there is no more. */
    const pull = async () => {
      let page: ChangesPage
      do {
        page = await requests.changes({ cursor } as ChangesQuery, call)
        if (page.cursor !== cursor) await applyPage(page.changes, page.cursor, cursor === undefined)
      } while (page.has_more)
    }

    let wait = 0
    try {
      if (cursor !== undefined || start === "beginning") await pull()
      for await (const { id, type } of await requests.events(call)) {
        if (type !== "changes") continue
        if (id !== cursor) await (cursor === undefined && start === "now" ? applyPage([], id, true) : pull())
        attempt = 0
        onState?.("live")
      }
    } catch (error) {
      if (isApiError(error, "SYNC_RESET_REQUIRED")) cursor = undefined
      // A stream that ends early rejects with an error of the browser.
      else if (!end && isApiError(error) && !isTemporary(error as unknown)) {
        end = { reason: error.status === 401 ? "signed_out" : "refused", error }
      }
      if (end || signal.aborted) return
      wait = (error as NetworkError | undefined)?.retryAfter ?? 0
    }
    onState?.("connecting")
    // Clients that lost their streams at the same time must not reconnect at the same time.
    const jitter = Math.random() * Math.min(longestDelay, 1_000 * 2 ** attempt++)
    await abortableSleep(wait * 1_000 + jitter, call.signal).catch(() => {})
  }

  for (;;) {
    // Connections from before an interruption of the network are dead, which a browser may not notice.
    const renewal = new AbortController()
    const renew = () => {
      attempt = 0
      renewal.abort()
    }
    ;(globalThis as Partial<EventTarget>).addEventListener?.("online", renew, { signal: renewal.signal })
    await follow({ signal: AbortSignal.any([signal, renewal.signal]) })
    renewal.abort()
    if (signal.aborted) return { reason: "aborted" }
    if (end) return end
  }
}
