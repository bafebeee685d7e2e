import { createStore, get, keys, promisifyRequest, type UseStore } from "idb-keyval"
import { newId } from "../Ids.ts"
import type { OutboxEntry, OutboxStorage } from "../outbox/index.ts"

// Browsers have bugs with which a request to IndexedDB never ends. A write must not wait for it.
const longestWait = 5_000

const limited = <A>(promise: Promise<A>) => {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("IndexedDB does not respond.")), longestWait)
  })
  return Promise.race([promise, late]).finally(() => clearTimeout(timer))
}

const openStore = () => createStore("effect-tasks", "outbox")

/** A store that opens the database again after a failure: Safari loses connections, and reports that by several errors. */
const makeStore = (): UseStore => {
  let store = openStore()
  return (mode, use) => {
    const attempt = async () => store(mode, use)
    const again = () => {
      store = openStore()
      return attempt()
    }
    return limited(attempt().catch(again))
  }
}

/** Whether a stored value is an entry that this version of the page knows: a newer version may have stored others. */
const isEntry = ({ write }: OutboxEntry) => ["create", "update", "move", "delete", "restore"].includes(write?.op)

// The locks that this page is about to release: the next outbox may take over the entries of the last one.
let released: Promise<unknown> = Promise.resolve()

/**
 * Keeps the entries of an outbox in IndexedDB. `user` separates the users of one browser. Each tab has a record of
 * its own. When a tab is closed, another open tab takes over its record, or else the next page.
 */
export const indexedDbStorage = (user: string): OutboxStorage => {
  const store = makeStore()
  const prefix = `outbox ${user} `
  const own = prefix + newId()
  // The id of another user may begin like this one and have a space after it.
  const isOfUser = (name: string) => name.startsWith(prefix) && name.length === own.length
  const closing = new AbortController()
  const { signal } = closing
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const held: Array<Promise<unknown>> = []
  let last: Promise<void> = Promise.resolve()
  let latest: ReadonlyArray<OutboxEntry> = []
  let next: Promise<void> | undefined
  const taken: Array<string> = []
  // Web Locks are missing on pages served by plain HTTP: there, every record counts as one of a closed tab.
  const locks = globalThis.navigator?.locks

  /** Whether this page gets the lock of a record. The browser releases the lock of a tab that is closed. */
  const lock = (name: string, options: { readonly ifAvailable?: boolean; readonly signal?: AbortSignal }) =>
    new Promise<boolean>((resolve) => {
      const request = locks?.request(name, options, (granted) => {
        resolve(granted !== null)
        return granted === null ? undefined : ended
      })
      const without = () => resolve(true)
      held.push(Promise.resolve(request).then(without, without))
    })
  void lock(own, { ifAvailable: true })

  const take = async (name: string) => {
    if (signal.aborted) return []
    const entries = (await get<ReadonlyArray<OutboxEntry>>(name, store)) ?? []
    // It stays, for the version that knows it.
    if (!entries.every(isEntry)) throw new Error("A newer version of the page has stored changes.")
    taken.push(name)
    return entries
  }

  return {
    load: async (onMore, onError) => {
      await released
      const seen = new Set([own])
      /** Takes a record over: at once, or when its tab is closed. */
      const follow = async (name: string) => {
        if (signal.aborted || seen.has(name) || !isOfUser(name)) return []
        seen.add(name)
        if (await lock(name, { ifAvailable: true })) return take(name)
        lock(name, { signal })
          .then(() => take(name))
          .then(onMore, onError)
        return []
      }
      // Servers render pages, too, and have no IndexedDB. An open channel would keep a process alive.
      if (locks && "indexedDB" in globalThis && !signal.aborted) {
        const channel = new BroadcastChannel(prefix)
        channel.onmessage = ({ data }: { readonly data: string }) => {
          // A tab that has just been opened does not know this one.
          if (!seen.has(data)) channel.postMessage(own)
          void follow(data).then(onMore, onError)
        }
        signal.addEventListener("abort", () => channel.close())
        channel.postMessage(own)
      }
      const all: Array<OutboxEntry> = []
      for (const name of await keys<string>(store)) {
        await follow(name).then((entries) => all.push(...entries), onError)
      }
      return all
    },
    save: (entries) => {
      latest = entries
      if (next !== undefined) return next
      // Changes that are made while others are being stored are stored together.
      next = last.then(() => {
        next = undefined
        // IndexedDB cannot store proxies, which some frameworks make of rows.
        const plain = JSON.parse(JSON.stringify(latest.map(({ error: _, ...entry }) => entry)))
        // One transaction: entries that were taken over are never in two records.
        return store("readwrite", (records) => {
          records.put(plain, own)
          for (const name of taken) records.delete(name)
          return promisifyRequest(records.transaction)
        })
      })
      // Entries that could not be stored are stored with the next change.
      last = next.catch(() => {})
      return next
    },
    close: () => {
      closing.abort()
      void last.then(end)
      released = Promise.all([released, last, ...held])
    }
  }
}
