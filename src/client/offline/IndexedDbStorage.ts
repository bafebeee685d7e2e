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

/** A store that opens the database again after the browser has closed it, as Safari does. */
const makeStore = (): UseStore => {
  let store = openStore()
  return async (mode, use) => {
    try {
      return await limited(store(mode, use))
    } catch (error) {
      if ((error as Error).name !== "InvalidStateError") throw error
      store = openStore()
      return limited(store(mode, use))
    }
  }
}

// The locks that this page is about to release: the next outbox may take over the entries of the last one.
let released: Promise<unknown> = Promise.resolve()

/**
 * Keeps the entries of an outbox in IndexedDB. `user` separates the users of one browser. Each tab has a record of
 * its own; a new page takes over the records of tabs that are closed.
 */
export const indexedDbStorage = (user: string): OutboxStorage => {
  const store = makeStore()
  const prefix = `outbox ${user} `
  const own = prefix + newId()
  let isClosed = false
  let end = () => {}
  const ended = new Promise<void>((resolve) => {
    end = resolve
  })
  const held: Array<Promise<unknown>> = []
  let last: Promise<void> = Promise.resolve()
  let taken: ReadonlyArray<string> = []

  /**
   * Whether this page has the lock of a record now, and not another tab. The browser releases it when the tab is closed,
   * too. Web Locks are missing on pages served by plain HTTP: there, every record counts as one of a closed tab.
   */
  const lock = (name: string) =>
    new Promise<boolean>((resolve) => {
      const request = globalThis.navigator?.locks?.request(name, { ifAvailable: true }, (granted) => {
        resolve(granted !== null)
        return granted === null ? undefined : ended
      })
      const without = () => resolve(true)
      held.push(Promise.resolve(request).then(without, without))
    })
  void lock(own)

  return {
    load: async () => {
      await released
      const others = (await keys<string>(store)).filter((name) => name.startsWith(prefix) && name !== own)
      const free: Array<string> = []
      for (const name of others) if (!isClosed && (await lock(name))) free.push(name)
      const records = await Promise.all(free.map((name) => get<ReadonlyArray<OutboxEntry>>(name, store)))
      taken = free
      return records.flatMap((record) => record ?? [])
    },
    save: (entries) => {
      // IndexedDB cannot store proxies, which some frameworks make of rows.
      const plain = JSON.parse(JSON.stringify(entries.map(({ error: _, ...entry }) => entry)))
      // One transaction: entries that were taken over are never in two records.
      const saved = last.then(() =>
        store("readwrite", (records) => {
          records.put(plain, own)
          for (const name of taken) records.delete(name)
          return promisifyRequest(records.transaction)
        })
      )
      // Entries that could not be stored are stored with the next change.
      last = saved.catch(() => {})
      return saved
    },
    close: () => {
      isClosed = true
      void last.then(end)
      released = Promise.all([released, last, ...held])
    }
  }
}
