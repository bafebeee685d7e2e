import { Effect } from "effect"
import { makeTasksClient } from "../src/client/index.ts"
import * as Process from "../test/support/Process.ts"
import type { WriteLog } from "./WriteLog.ts"

/** What a client that follows the feed has of each task, by its id. */
interface Reader {
  readonly user: string
  readonly tasks: Map<string, { readonly title: string; readonly description: string | null }>
  readonly seen: Set<string>
  changes: number
  /** Changes that came twice, though their cursor had been stored. */
  doubled: number
}

/** Sends requests to the processes in turn, as a load balancer does. */
const balanced = (urls: ReadonlyArray<string>, turn: number): typeof fetch => {
  let next = turn
  return (input, init) => {
    const { pathname, search } = new URL(String(input))
    return fetch(`${urls[next++ % urls.length]}${pathname}${search}`, init)
  }
}

const follow = Effect.fnUntraced(function* (urls: ReadonlyArray<string>, user: string, turn: number) {
  const reader: Reader = { user, tasks: new Map(), seen: new Set(), changes: 0, doubled: 0 }
  const token = yield* Process.tokenFor(user)
  const client = makeTasksClient({ baseUrl: urls[0] ?? "", token, fetch: balanced(urls, turn) })
  const controller = yield* Effect.acquireRelease(
    Effect.sync(() => new AbortController()),
    (controller) => Effect.sync(() => controller.abort())
  )
  void client.sync({
    signal: controller.signal,
    apply: (changes) => {
      for (const change of changes) {
        reader.changes += 1
        if (change.type !== "task" || change.op !== "upsert") continue
        const { description, id, title, version } = change.value
        if (reader.seen.has(`${id} ${version}`)) reader.doubled += 1
        reader.seen.add(`${id} ${version}`)
        reader.tasks.set(id, { title, description })
      }
    }
  })
  return reader
})

/** Starts one client for each user, which follows the feed over all processes. */
export const start = (urls: ReadonlyArray<string>, users: ReadonlyArray<string>) =>
  Effect.forEach(users, (user, n) => follow(urls, user, n))

const compare = ({ entries }: WriteLog, readers: ReadonlyArray<Reader>) => {
  let [lost, missed] = [0, 0]
  for (const { tasks, user } of readers) {
    for (const { description, id, title } of entries) {
      if (!title.startsWith(`${user} `)) continue
      const task = tasks.get(id)
      if (task === undefined) lost += 1
      else if (task.title !== title || (description !== null && task.description !== description)) missed += 1
    }
  }
  return { lost, missed }
}

/** Compares what readers have with what was acknowledged, once they have had the time to hear of it. */
export const audit = Effect.fnUntraced(function* (log: WriteLog, readers: ReadonlyArray<Reader>) {
  let found = compare(log, readers)
  for (let second = 0; second < 45 && found.lost + found.missed > 0; second++) {
    yield* Effect.sleep("1 second")
    found = compare(log, readers)
  }
  const sum = (key: "changes" | "doubled") => readers.reduce((total, reader) => total + reader[key], 0)
  return { ...found, changes: sum("changes"), doubled: sum("doubled") }
})
