import { createStore, delMany, get, keys, set } from "idb-keyval"
import { newId } from "../Ids.ts"
import type { OutboxEntry, OutboxStorage } from "../outbox/index.ts"

/** Whether another tab holds the lock. Web Locks are missing on pages served by plain HTTP. */
const isHeld = async (name: string) => {
  const { held = [] } = (await globalThis.navigator?.locks?.query()) ?? {}
  return held.some((lock) => lock.name === name)
}

/**
 * Keeps the entries of an outbox in IndexedDB. `user` separates the users of one browser. Each tab has a record of
 * its own; a new page takes over the records of tabs that are closed.
 */
export const indexedDbStorage = (user: string): OutboxStorage => {
  const store = createStore("effect-tasks", "outbox")
  const prefix = `outbox ${user} `
  const own = prefix + newId()
  let close = () => {}
  const closed = new Promise<void>((resolve) => {
    close = resolve
  })
  // The browser releases the lock when the tab is closed, too.
  globalThis.navigator?.locks?.request(own, () => closed).catch(() => {})
  let last: Promise<void> = Promise.resolve()
  return {
    load: async () => {
      const names = (await keys<string>(store)).filter((name) => name.startsWith(prefix) && name !== own)
      const free: Array<string> = []
      for (const name of names) if (!(await isHeld(name))) free.push(name)
      const records = await Promise.all(free.map((name) => get<ReadonlyArray<OutboxEntry>>(name, store)))
      const entries = records.flatMap((record) => record ?? [])
      await set(own, entries, store)
      await delMany(free, store)
      return entries
    },
    save: (entries) => {
      const plain = entries.map(({ error: _, ...entry }) => entry)
      const saved = last.then(() => set(own, plain, store))
      // Entries that could not be stored are stored with the next change.
      last = saved.catch(() => {})
      return saved
    },
    close
  }
}
