import "fake-indexeddb/auto"
import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises"
import { join } from "node:path"
import { pathToFileURL } from "node:url"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { pages } from "../support/Markdown.ts"
import * as Process from "../support/Process.ts"
import { temporary } from "../support/Temporary.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

const client = pathToFileURL(join(Process.root, "src/client/index.ts")).href
const sample = pages
  .find(({ file }) => file === "docs/sync.md")
  ?.blocks.find(({ text }) => text.includes('from "idb-keyval"'))?.text

interface List {
  readonly tasks: () => ReadonlyArray<{ readonly id: string; readonly title: string }>
  readonly subscribe: (listener: () => void) => () => void
  readonly start: (user: string, signal: AbortSignal) => Promise<{ readonly reason: string }>
}

/** A folder outside of `node_modules`, in which packages are found. */
const folder = Effect.acquireRelease(
  Effect.promise(async () => {
    const path = await mkdtemp(join(temporary, "effect-tasks-docs-"))
    await symlink(join(Process.root, "node_modules"), join(path, "node_modules"))
    return path
  }),
  (path) => Effect.promise(() => rm(path, { recursive: true, force: true }))
)

let count = 0

/** Loads the sample as a page does: with nothing in memory, and what IndexedDB has. */
const load = (path: string, baseUrl: string, token: string) =>
  Effect.promise(async (): Promise<List> => {
    const [list, signIn] = [`list-${++count}.ts`, `sign-in-${count}.ts`]
    const options = JSON.stringify({ baseUrl, token, retry: 0 })
    await writeFile(
      join(path, signIn),
      `import { makeTasksClient } from "${client}"\nexport const client = makeTasksClient(${options})\n`
    )
    const code = sample?.replace("effect-tasks/client", client).replace("./sign-in", `./${signIn}`)
    await writeFile(join(path, list), code ?? assert.fail("no sample"))
    return import(pathToFileURL(join(path, list)).href)
  })

const titles = (list: List) => list.tasks().map(({ title }) => title)

describe("The offline-first list of docs/sync.md", () => {
  it.live(
    "follows the account, and shows its tasks after a reload without a network, and what it missed with one",
    () =>
      Effect.gen(function* () {
        const path = yield* folder
        const DATA_DIR = yield* TestDatabase.makeEmbedded
        const service = yield* Process.serve({ DATA_DIR, BETTER_AUTH_SECRET: Process.secret })
        const token = yield* Process.tokenFor("offline-list")
        const add = (title: string) => Process.request(service.url, "/api/tasks", { token, body: { title } })
        const closed = new AbortController()

        const first = yield* load(path, service.url, token)
        let heard = 0
        first.subscribe(() => void heard++)
        const following = first.start("offline-list", closed.signal)
        const { body: milk } = yield* add("Buy milk")
        yield* add("Call Bob")
        yield* Process.until(() => titles(first).join() === "Buy milk,Call Bob")
        assert.isAbove(heard, 0)
        closed.abort()
        assert.strictEqual((yield* Effect.promise(() => following)).reason, "aborted")

        const reloaded = yield* load(path, "http://127.0.0.1:1", token)
        const ended = new AbortController()
        const offline = reloaded.start("offline-list", ended.signal)
        yield* Process.until(() => titles(reloaded).join() === "Buy milk,Call Bob")
        ended.abort()
        yield* Effect.promise(() => offline)

        yield* Effect.promise(() =>
          fetch(`${service.url}/api/tasks/${milk.id}`, {
            method: "DELETE",
            headers: { authorization: `Bearer ${token}` }
          })
        )
        yield* add("Missed")
        const again = yield* load(path, service.url, token)
        const over = new AbortController()
        const online = again.start("offline-list", over.signal)
        yield* Process.until(() => titles(again).join() === "Call Bob,Missed")
        over.abort()
        yield* Effect.promise(() => online)
      }).pipe(Effect.scoped),
    Process.timeout
  )
})
