import type { TasksClient } from "../ClientTypes.ts"
import { type ApiError, isApiError, isTemporary, type NetworkError } from "../Errors.ts"
import { newId } from "../Ids.ts"
import type { Task, TaskCreate, TaskUpdate } from "../Types.ts"
import { ConflictError, sendWrite } from "./Sender.ts"
import type { TaskWrite } from "./TaskWrite.ts"

/** A write that the server has not confirmed. */
export interface OutboxEntry {
  /** Identifies the entry. It is the idempotency key of the request, too. */
  readonly key: string
  /** The change that the user made. */
  readonly write: TaskWrite
  /** `waiting` and `sending` end by themselves. `conflict` waits for `resolve`, `failed` for `retry` or `discard`. */
  readonly status: "waiting" | "sending" | "conflict" | "failed"
  /** Why the last attempt failed. For `conflict` it is a `ConflictError`. */
  readonly error?: Error
}

/** Where entries outlive the page. */
export interface OutboxStorage {
  /** Returns the entries of closed pages. Calls `onMore` with those of pages that are closed later. */
  readonly load: (
    onMore: (entries: ReadonlyArray<OutboxEntry>) => void,
    onError: (error: unknown) => void
  ) => Promise<ReadonlyArray<OutboxEntry>>
  /** Replaces the stored entries of this page. */
  readonly save: (entries: ReadonlyArray<OutboxEntry>) => Promise<void>
  /** Leaves the stored entries to another page. */
  readonly close: () => void
}

export interface OutboxOptions {
  readonly client: Pick<TasksClient, "tasks">
  /** Without a storage, entries live as long as the page. */
  readonly storage?: OutboxStorage
  /** Called when entries could not be stored or loaded, for example on a full disk: they would be lost with the page. */
  readonly onStorageError?: (error: unknown) => void
}

type ResultListener = (write: TaskWrite, result: Task | undefined) => void

/** Calls all listeners. An error of one is reported like that of an event listener, and does not stop the outbox. */
const notify = <Args extends ReadonlyArray<unknown>>(listeners: Iterable<(...args: Args) => void>, ...args: Args) => {
  for (const listener of listeners) {
    try {
      listener(...args)
    } catch (error) {
      queueMicrotask(() => {
        throw error
      })
    }
  }
}

/** Sends the writes of a user in order, by itself, as soon as the service can be reached. */
export interface Outbox {
  /** Queues a write and starts to send. Returns the key of the entry. */
  readonly add: (write: TaskWrite) => string
  /** The unconfirmed writes, oldest first. The array is the same until something changes. */
  readonly entries: () => ReadonlyArray<OutboxEntry>
  /** Calls the listener after each change of the entries. Returns a function that ends this. */
  readonly subscribe: (listener: () => void) => () => void
  /** Calls the listener with each confirmed write and the server's result. Returns a function that ends this. */
  readonly onResult: (listener: ResultListener) => () => void
  /** Sends waiting and failed writes now, for example after a new sign-in. */
  readonly retry: () => void
  /** Drops a write, and with a new task all later writes to it and to its subtasks. */
  readonly discard: (key: string) => void
  /** Ends a conflict: `mine` sends the user's change again, `saved` drops it. */
  readonly resolve: (key: string, keep: "mine" | "saved") => void
  /** Stops sending, and aborts the request that is being sent. Stored entries stay for the next page. */
  readonly close: () => void
}

const firstDelay = 2_000
const longestDelay = 30_000

/** Whether the whole queue has to wait: the network, an overloaded service, a user who has to sign in, or an earlier attempt. */
const pauses = (error: unknown) =>
  (isTemporary(error) && !isApiError(error, "INTERNAL_SERVER_ERROR")) ||
  isApiError(error, "IDEMPOTENCY_KEY_IN_PROGRESS") ||
  (isApiError(error) && error.status === 401)

const tasksOf = (write: TaskWrite) => [write.task.id, ...(write.op === "move" ? [write.other.id] : [])]

/** The task that a write makes a task a subtask of. */
const parentOf = (write: TaskWrite) => {
  const { change, fields } = write as { readonly change?: TaskUpdate; readonly fields?: TaskCreate }
  return (fields ?? change)?.parent_id
}

/** The fields that a write changes, with those that follow from them. */
const changedFields = (write: TaskWrite) => {
  if (write.op !== "update") return []
  const { change, task } = write
  const isNextOccurrence = change.status === "completed" && task.recurrence !== null
  const hasDue = "due" in change || "due_at" in change || isNextOccurrence
  return [...Object.keys(change), ...(hasDue ? ["due", "due_at"] : []), ...(isNextOccurrence ? ["recurrence"] : [])]
}

const toWaiting = ({ error: _, ...entry }: OutboxEntry): OutboxEntry => ({ ...entry, status: "waiting" })

/** Adds a listener. Returns a function that removes it. */
const adderTo =
  <Listener>(listeners: Set<Listener>) =>
  (listener: Listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }

export const makeOutbox = ({ client, onStorageError = () => {}, storage }: OutboxOptions): Outbox => {
  let entries: ReadonlyArray<OutboxEntry> = []
  let attempts = 0
  let isRunning = false
  const closing = new AbortController()
  const { signal } = closing
  let timer: ReturnType<typeof setTimeout> | undefined
  const listeners = new Set<() => void>()
  const resultListeners = new Set<ResultListener>()
  // The user saw our own writes, so they are no conflict: by task, the last result for each changed field, and the version
  // that a write has made of a version.
  const ownResults = new Map<string, Map<string, Task>>()
  const ownVersions = new Map<string, number>()

  const set = (next: ReadonlyArray<OutboxEntry>) => {
    entries = next
    notify(listeners)
    if (!signal.aborted) storage?.save(entries).catch(onStorageError)
  }
  const change = (key: string, update: (entry: OutboxEntry) => OutboxEntry) =>
    set(entries.map((entry) => (entry.key === key ? update(entry) : entry)))
  const confirm: ResultListener = (write, result) => notify(resultListeners, write, result)
  const remove = (key: string) => set(entries.filter((entry) => entry.key !== key))

  /** The write with the task as the user saw it, with our own writes, at the newest version that they have made. */
  const rebase = (write: TaskWrite): TaskWrite => {
    const { task } = write
    const own = [...(ownResults.get(task.id) ?? [])].filter(([, { version }]) => version > task.version)
    const seen = Object.fromEntries(own.map(([name, result]) => [name, result[name as keyof Task]]))
    let { version } = task
    for (let next: number | undefined = version; next; next = ownVersions.get(`${task.id} ${version}`)) version = next
    return { ...write, task: { ...task, ...seen, version } }
  }

  const remember = (write: TaskWrite, result: Task) => {
    const { id, version } = write.task
    // Another device's changes between the two versions are not what the user saw.
    if (result.version === version + 1) ownVersions.set(`${id} ${version}`, result.version)
    const own = ownResults.get(id) ?? new Map<string, Task>()
    for (const name of changedFields(write)) own.set(name, result)
    ownResults.set(id, own)
  }

  /** The oldest entry that no unfinished write to the same task precedes, and no creation of its parent. */
  const nextEntry = () => {
    const blocked = new Set<string>()
    const missing = new Set<string | null | undefined>()
    for (const entry of entries) {
      const { status, write } = entry
      const ids = tasksOf(write)
      const isBlocked = missing.has(parentOf(write)) || ids.some((id) => blocked.has(id))
      if (status === "waiting" && !isBlocked) return entry
      for (const id of ids) blocked.add(id)
      if (write.op === "create") missing.add(write.task.id)
    }
    return undefined
  }

  const run = async () => {
    if (isRunning || signal.aborted) return
    isRunning = true
    clearTimeout(timer)
    timer = undefined
    for (let entry = nextEntry(); entry !== undefined && !signal.aborted; entry = nextEntry()) {
      const { key } = entry
      const write = rebase(entry.write)
      change(key, (sent) => ({ ...toWaiting(sent), write, status: "sending" }))
      try {
        const result = await sendWrite(client, write, { idempotencyKey: key, signal })
        attempts = 0
        if (result !== undefined && write.op !== "create") remember(write, result)
        confirm(write, result)
        remove(key)
      } catch (cause) {
        const error = cause instanceof Error ? cause : new Error(String(cause))
        const status = error instanceof ConflictError ? "conflict" : pauses(error) ? "waiting" : "failed"
        change(key, (sent) => ({ ...sent, status, error }))
        if (status === "waiting") {
          const wait = ((error as ApiError | NetworkError).retryAfter ?? 0) * 1000
          timer = setTimeout(run, Math.max(wait, Math.min(longestDelay, firstDelay * 2 ** attempts++)))
          break
        }
      }
    }
    isRunning = false
  }

  /** Ends the pause of the queue. */
  const wake = () => {
    attempts = 0
    void run()
  }

  const page = globalThis as Partial<EventTarget>
  page.addEventListener?.("online", wake)

  // It is unknown whether a request of a closed page arrived: its key and the version of the task make a repetition safe.
  const adopt = (stored: ReadonlyArray<OutboxEntry>) => set([...stored.map(toWaiting), ...entries])
  const adoptLater = (stored: ReadonlyArray<OutboxEntry>) => {
    if (stored.length === 0) return
    adopt(stored)
    if (timer === undefined) void run()
  }
  const loaded = storage?.load(adoptLater, onStorageError).then(adopt)
  isRunning = loaded !== undefined
  void loaded?.catch(onStorageError).then(() => {
    isRunning = false
    return run()
  })

  return {
    add: (write) => {
      const key = newId()
      set([...entries, { key, write, status: "waiting" }])
      // A further write does not end the pause of the queue.
      if (timer === undefined) void run()
      return key
    },
    entries: () => entries,
    subscribe: adderTo(listeners),
    onResult: adderTo(resultListeners),
    retry: () => {
      set(entries.map((entry) => (entry.status === "failed" ? toWaiting(entry) : entry)))
      wake()
    },
    discard: (key) => {
      const dropped = entries.find((entry) => entry.key === key)
      if (dropped === undefined) return
      const gone = new Set<string | null | undefined>()
      const isKept = (entry: OutboxEntry) => {
        const { write } = entry
        const isLost = entry === dropped || [...tasksOf(write), parentOf(write)].some((id) => gone.has(id))
        if (isLost && write.op === "create") gone.add(write.task.id)
        return !isLost
      }
      set(entries.filter(isKept))
      void run()
    },
    resolve: (key, keep) => {
      const conflict = entries.find((entry) => entry.key === key)?.error
      if (!(conflict instanceof ConflictError)) return
      const { current } = conflict
      if (keep === "saved") {
        // Lists still show the task as the user saw it.
        confirm({ op: "update", task: current, change: {} }, current)
        remove(key)
      } else {
        change(key, (entry) => ({ ...toWaiting(entry), key: newId(), write: { ...entry.write, task: current } }))
      }
      void run()
    },
    close: () => {
      // A request that is repeated must not take the token of the next user.
      closing.abort()
      clearTimeout(timer)
      page.removeEventListener?.("online", wake)
      storage?.close()
    }
  }
}
