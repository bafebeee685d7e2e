import { setTimeout as sleep } from "node:timers/promises"
import { assert } from "@effect/vitest"
import * as LogAssertions from "../../support/LogAssertions.ts"
import type { Dice } from "./Dice.ts"
import type { Answer, Send } from "./Service.ts"

interface Change {
  readonly type: string
  readonly op: "upsert" | "trash" | "delete"
  readonly id?: string
  readonly value: {
    readonly id: string
    readonly user_id: string
    readonly version: number
    readonly deleted_at?: string
  }
}

interface Stored {
  readonly rows: ReadonlyMap<string, unknown>
  readonly cursor: string | undefined
}

const nothing: Stored = { rows: new Map(), cursor: undefined }

interface Options {
  readonly user: string
  readonly token: string
  readonly origin: () => string
  readonly send: Send
  readonly dice: Dice
  /** Whether files are imported: their tasks come first, and their parents afterwards without a new version. */
  readonly hasImports: boolean
}

/** A client that was written from docs/sync.md alone. It loses its connection, repeats pages and restarts at any time. */
export class Follower {
  /** Rows and cursor, as they are stored together. */
  stored = nothing
  /** How often it had to begin anew. */
  resets = 0
  private isStopped = false
  private connection = new AbortController()
  /** By type, id and version, since the client began. The same version must be the same row: it is the ETag. */
  private readonly versions = new Map<string, string>()
  private readonly options: Options

  constructor(options: Options) {
    this.options = options
  }

  private reset() {
    this.resets += 1
    this.stored = nothing
    // The account may have been erased, and a new one counts from the beginning.
    this.versions.clear()
  }

  private check({ op, type, value }: Change) {
    const { id, user_id, version } = value
    assert.strictEqual(user_id, this.options.user)
    assert.strictEqual(op === "trash", value.deleted_at !== undefined)
    const key = `${type} ${id} ${version}`
    const text = JSON.stringify(this.options.hasImports ? { ...value, parent_id: null, subtasks: null } : value)
    assert.strictEqual(text, this.versions.get(key) ?? text, key)
    this.versions.set(key, text)
  }

  private apply(changes: ReadonlyArray<Change>, cursor: string) {
    const rows = new Map(this.stored.rows)
    for (const change of changes) {
      if (change.op === "delete") rows.delete(`${change.type} ${change.id}`)
      else {
        this.check(change)
        rows.set(`${change.type} ${change.value.id}`, change.value)
      }
    }
    this.stored = { rows, cursor }
  }

  /** Reads to the end of the feed. */
  async pull() {
    const { dice, send } = this.options
    for (let hasMore = true; hasMore; ) {
      const limit = dice.of([1, 1, 2, 3, 7, 50, 200])
      const before = this.stored
      const { cursor } = before
      const query = `limit=${limit}${cursor === undefined ? "" : `&cursor=${cursor}`}`
      const { body, status }: Answer = await send("GET", `/api/changes?${query}`)
      if (status === 410) {
        assert.strictEqual(body.code, "SYNC_RESET_REQUIRED")
        this.reset()
        continue
      }
      assert.strictEqual(status, 200, JSON.stringify(body))
      const changes: ReadonlyArray<Change> = body.changes
      assert.isAtMost(changes.length, limit)
      assert.isTrue(changes.length > 0 || !body.has_more)
      const keys = changes.map(({ id, type, value }) => `${type} ${id ?? value.id}`)
      assert.strictEqual(new Set(keys).size, keys.length)
      this.apply(changes, body.cursor)
      hasMore = body.has_more
      // A crash before the store was written, or after: the page is applied again, or comes again.
      if (dice.oneIn(8)) this.apply(changes, body.cursor)
      if (dice.oneIn(12)) {
        this.stored = before
        hasMore = true
      }
      // An old cursor with newer rows, as after a backup of the cursor alone.
      if (dice.oneIn(30)) {
        this.stored = { ...this.stored, cursor: before.cursor }
        hasMore = true
        if (before.cursor === undefined) this.stored = nothing
      }
    }
  }

  private async open() {
    const { dice, origin, send, token } = this.options
    this.connection = new AbortController()
    const { signal } = this.connection
    // Without effect: the stream begins with the present cursor anyway.
    const headers: Record<string, string> = dice.oneIn(3) ? { "last-event-id": this.stored.cursor ?? "0" } : {}
    if (dice.oneIn(2))
      return fetch(`${origin()}/api/events`, { headers: { authorization: `Bearer ${token}`, ...headers }, signal })
    const { body, status } = await send("POST", "/api/events/tickets")
    assert.strictEqual(status, 201)
    LogAssertions.keepSecret(body.ticket)
    const url = `${origin()}/api/events?ticket=${body.ticket}`
    const response = await fetch(url, { headers, signal })
    if (dice.oneIn(4)) assert.strictEqual((await fetch(url, { headers })).status, 401, "a ticket was accepted twice")
    return response
  }

  /** Pulls at each event until the connection ends, by itself or because this client cuts it. */
  private async listen() {
    const { dice } = this.options
    const response = await this.open()
    if (!response.ok || response.body === null) {
      // The erasure of an account also deletes its tickets.
      const isTicketGone = response.status === 401 && response.url.includes("ticket=")
      return isTicketGone || assert.oneOf(response.status, [429, 503])
    }
    const cutAfter = dice.oneIn(3) ? dice.below(5) : Number.POSITIVE_INFINITY
    let rest = ""
    let events = 0
    for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
      const blocks = (rest + text).split("\n\n")
      rest = blocks.pop() ?? ""
      for (const block of blocks) {
        const id = /^event: changes\nid: ([\w-]+)\ndata:$/.exec(block)?.[1]
        if (id === undefined) assert.match(block, /^(:|retry: \d+|event: token_expired\ndata:)$/)
        else if (id !== this.stored.cursor) await this.pull()
      }
      if (events++ >= cutAfter) return this.connection.abort()
    }
  }

  /** Follows until `stop`. What it misses while it is not connected, it must find when it is. */
  async follow() {
    const { dice } = this.options
    while (!this.isStopped) {
      try {
        await this.listen()
      } catch (error) {
        // The connection was cut, or its process killed.
        if (!(error instanceof TypeError) && !(error instanceof DOMException)) throw error
      }
      await sleep(dice.below(60))
    }
  }

  stop() {
    this.isStopped = true
    this.connection.abort()
  }
}
