import { createHash } from "node:crypto"
import { NodeCrypto } from "@effect/platform-node"
import { assert, describe, layer } from "@effect/vitest"
import { Array as Arr, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { Temporal } from "temporal-polyfill"
import type { Due } from "../../src/domain/Due.ts"
import { clockOf, dueInUtc, instantOf } from "../../src/domain/DueTime.ts"
import { ProjectId } from "../../src/domain/Project.ts"
import { TagId } from "../../src/domain/Tag.ts"
import { type Task, TaskId, TaskPriority, TaskStatus } from "../../src/domain/Task.ts"
import { fieldOf, type TaskQuery, TaskSort } from "../../src/domain/TaskQuery.ts"
import { UserId } from "../../src/domain/User.ts"
import { dueColumns } from "../../src/repositories/Columns.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { ada, bob } from "../support/TestAuth.ts"
import { databases } from "../support/TestDatabase.ts"
import { byTier } from "../support/Tier.ts"

/** mulberry32: the same numbers from the same seed, so that a failure can be had again. */
const randomOf = (seed: number) => {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (n: number) => Math.floor(next() * n)
  const one = <A>(values: ReadonlyArray<A>) => values[below(values.length)] as A
  const some = <A>(values: ReadonlyArray<A>, share = 0.5) => values.filter(() => next() < share)
  const hex = (digits: number) => Array.from({ length: digits }, () => below(16).toString(16)).join("")
  const uuid = () => `${hex(8)}-${hex(4)}-7${hex(3)}-8${hex(3)}-${hex(12)}`
  return { next, below, one, some, uuid }
}
type Random = ReturnType<typeof randomOf>

const words = ["alpha", "beta", "gamma", "delta", "alpine", "bet", "straße", "zürich", "привет", "東京", "2026"]
const odd = ["🥛", "c++", "a:b", "İ", "ẞ", "ǅ", "\u{10ffff}", "\uffee", "é", "e\u0301", "~", "-x", "'", "\\", "  "]
// Few of each, so that every key has ties.
const times = [
  "2026-01-01T00:00:00.000Z",
  "2026-01-01T00:00:00.001Z",
  "2026-06-30T12:34:56.789Z",
  "2999-12-31T23:59:59.999Z"
]
const dues = [...times, "1000-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"]
// Clock changes of the zones below, and what is around them.
const clocks = [
  "2026-03-29T01:59:59.999Z",
  "2026-03-29T02:30:00.000Z",
  "2026-03-29T03:00:00.000Z",
  "2026-10-25T02:15:00.000Z",
  "2026-10-25T03:00:00.000Z",
  "2011-12-30T12:00:00.000Z"
]
const instants = ["2026-03-29T01:00:00.000Z", "2026-10-25T00:15:00.000Z", "2026-10-25T01:15:00.000Z"]
const zones = ["UTC", "Europe/Berlin", "America/Los_Angeles", "Pacific/Apia", "Asia/Kolkata"]
const positions = ["Zz", "a0", "a0V", "a1", "aa", "aA", "b00"]

const written = (random: Random, word: string) =>
  random.one([word, word.toUpperCase(), word.slice(0, 1).toUpperCase() + word.slice(1)])

const textOf = (random: Random, length: number) =>
  Array.from({ length }, () => (random.next() < 0.2 ? random.one(odd) : written(random, random.one(words)))).join(" ")

type Row = Omit<Task, "tag_ids" | "version"> & { readonly deleted_at: string | null }

const dueOf = (random: Random): Due | null => {
  if (random.next() < 0.3) return null
  const due = dueInUtc(random.one([...dues, ...instants, ...clocks]))
  const { date, time = "" } = due
  return random.one([{ date }, { date, time }, { date, time }, due, due])
}
interface Known extends Row {
  readonly tag_ids: ReadonlyArray<string>
  /** What is a small letter is for the database to say. Everything else the model knows by itself. */
  readonly lower: string
}

/** Some hundred tasks of one user, written past the repository. */
const fill = Effect.fnUntraced(function* (random: Random, user_id: UserId, size: number) {
  const sql = yield* SqlClient.SqlClient
  const projects = Array.from({ length: 3 }, () => ProjectId.make(random.uuid()))
  const tags = Array.from({ length: 4 }, () => TagId.make(random.uuid()))
  const rows = Array.from({ length: size }, (): Row => {
    const status = random.one(TaskStatus.literals)
    const due = dueOf(random)
    return {
      user_id,
      id: TaskId.make(random.uuid()),
      title: `${random.one(words)} ${textOf(random, random.below(3))}`.trim(),
      description: random.next() < 0.5 ? null : textOf(random, random.below(6)),
      status,
      priority: random.one(TaskPriority.literals),
      due,
      due_at: (due && instantOf(due)) ?? null,
      recurrence: null,
      project_id: random.next() < 0.3 ? null : random.one(projects),
      parent_id: null,
      subtasks: { total: 0, completed: 0 },
      position: random.one(positions),
      completed_at: status === "completed" ? random.one(times) : null,
      created_at: random.one(times),
      updated_at: random.one(times),
      deleted_at: random.next() < 0.1 ? random.one(times) : null
    }
  })
  const tagged = rows.flatMap(({ id }) => random.some(tags).map((tag_id) => ({ user_id, task_id: id, tag_id })))
  const tables: ReadonlyArray<readonly [string, ReadonlyArray<Record<string, unknown>>]> = [
    ["project", projects.map((id) => ({ user_id, id, name: id }))],
    ["tag", tags.map((id) => ({ user_id, id, name: id }))],
    [
      "task",
      rows.map(({ subtasks: _, ...row }) => ({
        ...row,
        ...dueColumns(row),
        due: row.due && JSON.stringify(row.due)
      }))
    ],
    ["task_tag", tagged]
  ]
  for (const [table, values] of tables) {
    assert(Arr.isReadonlyArrayNonEmpty(values))
    yield* sql`insert into ${sql(table)} ${sql.insert(values)}`
  }
  const lowered = yield* sql<{ id: string; lower: string }>`
    select id, lower(title) as lower from task where user_id = ${user_id}
  `
  const lower = new Map(lowered.map((row) => [row.id, row.lower]))
  const known = rows.map(
    (row): Known => ({
      ...row,
      tag_ids: tagged.flatMap(({ tag_id, task_id }) => (task_id === row.id ? [tag_id] : [])),
      lower: lower.get(row.id) ?? assert.fail("no such row")
    })
  )
  return { rows: known, projects, tags }
})

const bytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b))

const moments = new Map<string, number>()

/** The first moment at which the clock of the zone shows a time or a later one: found step by step. */
const firstMoment = (clock: string, zone: string) => {
  const known = moments.get(`${clock} ${zone}`)
  if (known !== undefined) return known
  const wanted = Temporal.PlainDateTime.from(clock.slice(0, -1))
  const shows = (time: number) =>
    Temporal.PlainDateTime.compare(
      Temporal.Instant.fromEpochMilliseconds(time).toZonedDateTimeISO(zone).toPlainDateTime(),
      wanted
    ) >= 0
  let time = Date.parse(clock) - 30 * 3_600_000
  for (const step of [1_800_000, 60_000, 1000, 1]) {
    while (!shows(time + step)) time += step
  }
  moments.set(`${clock} ${zone}`, time + 1)
  return time + 1
}

/** Milliseconds as text: a moment in the year 10000 comes after one in 9999. */
const momentText = (time: number) => String(time + 1e14).padStart(16, "0")

/** What is compared, as text whose bytes are in order. */
const keyOf = (row: Known, sort: TaskSort, zone: string): string | null => {
  const field = fieldOf(sort)
  if (field === "due_at" && row.due !== null) {
    if (row.due_at !== null) return zone === "UTC" ? row.due_at : `${momentText(Date.parse(row.due_at))} 0`
    const clock = clockOf(row.due)
    return zone === "UTC" ? clock : `${momentText(firstMoment(clock, zone))} 1 ${clock}`
  }
  if (field === "priority") return String(TaskPriority.literals.indexOf(row.priority))
  return field === "title" ? row.lower : row[field]
}

/** Whether a task is due on one side of a time, or of a day. */
const isDue = ({ due, due_at }: Known, limit: string, side: -1 | 1, zone: string) => {
  if (due === null) return false
  const clock = clockOf(due).slice(0, -1)
  if (limit.length > 10) {
    const shown = Temporal.Instant.from(limit).toZonedDateTimeISO(zone).toPlainDateTime()
    return due_at === null
      ? Temporal.PlainDateTime.compare(clock, shown) === side
      : Temporal.Instant.compare(due_at, limit) === side
  }
  const day =
    due_at === null ? due.date : Temporal.Instant.from(due_at).toZonedDateTimeISO(zone).toPlainDate().toString()
  return Temporal.PlainDate.compare(day, limit) === side
}

interface Search {
  readonly q: string
  readonly matches: (words: ReadonlyArray<string>) => boolean
}
type Filters = Omit<TaskQuery, "q" | "sort" | "limit" | "offset" | "cursor" | "count">

/** The contract's list, from all rows there are. */
const model = (rows: ReadonlyArray<Known>, filters: Filters, search: Search | undefined, sort: TaskSort) => {
  const {
    due_after,
    due_before,
    parent_id,
    priority,
    project_id,
    status,
    tag_id = [],
    time_zone = "UTC",
    updated_since
  } = filters
  const direction = sort.startsWith("-") ? -1 : 1
  return rows
    .filter(
      (row) =>
        row.deleted_at === null &&
        (status === undefined || status.includes(row.status)) &&
        (priority === undefined || row.priority === priority) &&
        (parent_id === undefined || row.parent_id === (parent_id === "none" ? null : parent_id)) &&
        (project_id === undefined || row.project_id === (project_id === "none" ? null : project_id)) &&
        tag_id.every((tag) => row.tag_ids.includes(tag)) &&
        (due_before === undefined || isDue(row, due_before, -1, time_zone)) &&
        (due_after === undefined || isDue(row, due_after, 1, time_zone)) &&
        (updated_since === undefined || row.updated_at >= updated_since) &&
        (search === undefined || search.matches(wordsOf(row)))
    )
    .toSorted((a, b) => {
      const [one, other] = [keyOf(a, sort, time_zone), keyOf(b, sort, time_zone)]
      if ((one === null) !== (other === null)) return one === null ? 1 : -1
      return direction * (bytes(one ?? "", other ?? "") || bytes(a.id, b.id))
    })
    .map(({ id }) => id as string)
}

/** The words as a search compares them. */
const fold = (text: string) =>
  text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replaceAll("ß", "ss")
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== "")

const wordsOf = ({ description, title }: Row) => fold(`${title} ${description ?? ""}`)

const searchOf = (random: Random): Search => {
  const [a, b] = [random.one(words), random.one(words)]
  const has = (text: string) => (all: ReadonlyArray<string>) => fold(text).every((word) => all.includes(word))
  const begins = (start: string) => (all: ReadonlyArray<string>) =>
    fold(start).every((folded) => all.some((word) => word.startsWith(folded)))
  const start = a.slice(0, 1 + random.below(a.length))
  return random.one<Search>([
    { q: written(random, a), matches: begins(a) },
    { q: start, matches: begins(start) },
    { q: `${a} ${b}`, matches: (all) => has(a)(all) && begins(b)(all) },
    { q: `-${a}/"${b}"`, matches: (all) => has(a)(all) && begins(b)(all) }
  ])
}

const filtersOf = (random: Random, projects: ReadonlyArray<ProjectId>, tags: ReadonlyArray<TagId>) => {
  const all: Required<Filters> = {
    status: [random.one(TaskStatus.literals), ...random.some(TaskStatus.literals)],
    priority: random.one(TaskPriority.literals),
    project_id: random.one(["none", ...projects]),
    parent_id: "none",
    tag_id: [random.one(tags), ...random.some(tags, 0.2)],
    due_before: random.one([...dues, ...instants, "2026-06-30", "2026-10-25"]),
    due_after: random.one([...dues, ...instants, "2026-01-01", "2026-03-29"]),
    updated_since: random.one(times),
    time_zone: random.one(zones)
  }
  return Object.entries(all)
}

/** Walks a list to its end by cursors, as a client does. */
const walk = Effect.fnUntraced(function* (
  owner: UserId,
  query: TaskQuery,
  between: (page: number) => Effect.Effect<unknown, unknown, TaskRepo | SqlClient.SqlClient> = () => Effect.void
) {
  const tasks = yield* TaskRepo
  const seen: Array<Task> = []
  let page = yield* tasks.list(owner, query)
  seen.push(...page.items)
  for (let n = 1; page.next !== undefined; n++) {
    yield* between(n)
    page = yield* tasks.list(owner, { ...query, cursor: { list: 0, ...page.next } })
    seen.push(...page.items)
  }
  return seen
})

const idsOf = (tasks: ReadonlyArray<Task>): ReadonlyArray<string> => tasks.map(({ id }) => id)

describe.each(databases)("Lists of tasks on %s", (_, database) => {
  const services = Layer.provideMerge(TaskRepo.layer, Layer.merge(database, NodeCrypto.layerSecureRandom))

  layer(services, { excludeTestServices: true, timeout: 300_000 })((it) => {
    const assertSame = Effect.fnUntraced(function* (
      owner: UserId,
      random: Random,
      rows: ReadonlyArray<Known>,
      filters: Filters,
      search: Search | undefined,
      sort: TaskSort
    ) {
      const tasks = yield* TaskRepo
      const query: TaskQuery = { ...filters, sort, ...(search !== undefined && { q: search.q }) }
      const expected = model(rows, filters, search, sort)
      const about = JSON.stringify(query)
      const limit = random.one(expected.length < 20 ? [1, 2, 3] : [7, 20, 50, 199, 200, expected.length])
      assert.deepStrictEqual(idsOf(yield* walk(owner, { ...query, limit: Math.min(limit, 200) })), expected, about)
      const offset = random.below(expected.length + 2)
      const page = yield* tasks.list(owner, { ...query, limit: 5, offset, count: "exact" })
      assert.deepStrictEqual(
        [idsOf(page.items), page.total, page.next !== undefined],
        [expected.slice(offset, offset + 5), expected.length, offset + 5 < expected.length],
        `${about} from ${offset}`
      )
      return expected.length
    })

    it.effect(
      "returns what the contract says for every filter, order and combination",
      () =>
        Effect.gen(function* () {
          const random = randomOf(20_261_120)
          const { projects, rows, tags } = yield* fill(random, ada, byTier(100, 250))
          yield* fill(random, bob, byTier(40, 100))
          let found = 0
          for (const sort of TaskSort.literals) {
            yield* assertSame(ada, random, rows, {}, undefined, sort)
            for (const [name, value] of filtersOf(random, projects, tags)) {
              found += yield* assertSame(ada, random, rows, { [name]: value }, undefined, sort)
            }
            found += yield* assertSame(ada, random, rows, {}, searchOf(random), sort)
          }
          for (const time_zone of zones) {
            for (const sort of ["due_at", "-due_at"] as const) {
              found += yield* assertSame(ada, random, rows, { time_zone }, undefined, sort)
              for (const name of ["due_before", "due_after"] as const) {
                for (const limit of ["2026-10-25", random.one(instants)]) {
                  found += yield* assertSame(ada, random, rows, { time_zone, [name]: limit }, undefined, sort)
                }
              }
            }
          }
          for (let n = 0; n < byTier(40, 120); n++) {
            const filters: Filters = Object.fromEntries(random.some(filtersOf(random, projects, tags), 0.3))
            const search = random.next() < 0.5 ? searchOf(random) : undefined
            found += yield* assertSame(ada, random, rows, filters, search, random.one(TaskSort.literals))
          }
          assert.isAbove(found, byTier(1000, 4000), "a test of empty lists proves nothing")
        }),
      300_000
    )

    it.effect("returns tasks without a due date last in both directions", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const owner = UserId.make("dues")
        for (const due_at of [null, dues[5], null, dues[4]]) {
          yield* tasks.create(owner, { title: "t", ...(due_at !== undefined && { due_at }) })
        }
        for (const [sort, expected] of [
          ["due_at", [dues[4], dues[5], null, null]],
          ["-due_at", [dues[5], dues[4], null, null]]
        ] as const) {
          for (const limit of [1, 2, 3, 4]) {
            assert.deepStrictEqual(
              (yield* walk(owner, { sort, limit })).map(({ due_at }) => due_at),
              [...expected]
            )
          }
        }
      })
    )

    it.effect("finds nothing for another user's project and tag", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const random = randomOf(7)
        const one = UserId.make("one")
        const other = UserId.make("other")
        const { projects, tags } = yield* fill(random, one, 50)
        yield* fill(random, other, 50)
        for (const filter of [{ project_id: projects[0] }, { tag_id: tags.slice(0, 1) }] as ReadonlyArray<TaskQuery>) {
          assert.isNotEmpty((yield* tasks.list(one, filter)).items)
          assert.deepStrictEqual((yield* tasks.list(other, { ...filter, count: "exact" })).items, [])
        }
      })
    )

    it.effect(
      "returns unchanged tasks exactly once while others are created, changed and deleted",
      () =>
        Effect.gen(function* () {
          const sql = yield* SqlClient.SqlClient
          const tasks = yield* TaskRepo
          for (const sort of TaskSort.literals) {
            const random = randomOf(sort.length)
            const owner = UserId.make(`busy ${sort}`)
            const { rows } = yield* fill(random, owner, 120)
            const ids = rows.flatMap(({ deleted_at, id }) => (deleted_at === null ? [id] : []))
            const parts = Array.from({ length: 4 }, (_, part) => ids.filter((_, n) => n % 4 === part))
            const [stay = [], described = [], moved = [], removed = []] = parts
            const key = fieldOf(sort)
            const value = {
              created_at: times[0],
              updated_at: times[0],
              due_at: null,
              priority: "high",
              position: "m",
              title: "moved"
            }
            const between = Effect.fnUntraced(function* (page: number) {
              yield* tasks.create(owner, {
                title: `new ${page}`,
                due_at: random.one(dues),
                priority: random.one(TaskPriority.literals)
              })
              yield* tasks.update(owner, random.one(described), { description: `changed ${page}` }, undefined)
              yield* sql`
                update task set ${sql.update({ [key]: value[key] })} where user_id = ${owner} and id = ${random.one(moved)}
              `
              const id = removed.pop()
              if (id !== undefined) yield* tasks.remove(owner, id, undefined)
            })
            // What was changed has another place in the order of changes.
            const fixed: ReadonlyArray<string> = key === "updated_at" ? stay : [...stay, ...described]
            const seen = idsOf(yield* walk(owner, { sort, limit: 4 }, between))
            assert.sameMembers(
              seen.filter((id) => fixed.includes(id)),
              [...fixed],
              sort
            )
          }
        }),
      300_000
    )

    const titled = Effect.fnUntraced(function* (owner: UserId, titles: ReadonlyArray<string>) {
      const tasks = yield* TaskRepo
      for (const title of titles) yield* tasks.create(owner, { title })
    })

    const found = Effect.fnUntraced(function* (owner: UserId, q: string) {
      const tasks = yield* TaskRepo
      return (yield* tasks.list(owner, { q, sort: "created_at" })).items.map(({ title }) => title)
    })

    it.effect("finds words of title and description by their prefix", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const owner = UserId.make("searcher")
        const milk = "Buy MILK and bread"
        const bread = "Bake bread"
        const report = "Report for Zürich, 東京 and Привет"
        const code = "Learn C++ 26: it's a:b \\ path/to"
        yield* titled(owner, [milk, bread])
        yield* tasks.create(owner, { title: report, description: "Quarterly milk report" })
        yield* titled(owner, [code])
        for (const [q, expected] of [
          ["milk", [milk, report]],
          ["Milk", [milk, report]],
          ["mil", [milk, report]],
          ["ilk", []],
          ["milk bread", [milk]],
          ["bread milk", [milk]],
          ["milk report", [report]],
          ["report quart", [report]],
          ["quart report", []],
          ["milk -bread", [milk]],
          ["bread -milk", [milk]],
          ["-milk", [milk, report]],
          ["bake or quarterly", []],
          ['"milk and bread"', [milk]],
          ['"bread and milk"', [milk]],
          ['"and bread" buy', [milk]],
          ['-"bake bread" bread', [bread]],
          ["zürich", [report]],
          ["ZÜRICH", [report]],
          ["zür", [report]],
          ["東京", [report]],
          ["東", [report]],
          ["ПРИВЕТ", [report]],
          ["при", [report]],
          ["c++", [code]],
          ["C++ 26", [code]],
          ["26", [code]],
          ["2", [code]],
          ["it's", [code]],
          ["a:b", [code]],
          ["   milk   ", [milk, report]],
          ["milk!", [milk, report]],
          ["milk:*", [milk, report]],
          ["mi*", [milk, report]],
          ["(milk & bread)", [milk]],
          ["!milk", [milk, report]],
          ["milk - bread", [milk]],
          ["bake -- bread", [bread]],
          ["---milk", [milk, report]],
          ["- milk", [milk, report]],
          ["nothing", []],
          ["...", [milk, bread, report, code]],
          ["-", [milk, bread, report, code]],
          ['"', [milk, bread, report, code]],
          ["🥛", []]
        ] as const) {
          assert.deepStrictEqual(yield* found(owner, q), [...expected], q)
        }
      })
    )

    it.effect(
      "accepts every text as a search",
      () =>
        Effect.gen(function* () {
          const tasks = yield* TaskRepo
          const random = randomOf(42)
          const owner = UserId.make("attacked")
          yield* titled(owner, ["it's a:b \\ c & d | e <-> f !g 'h' (i) j:* k:A"])
          const bits = [
            "'",
            "''",
            "\\",
            "&",
            "|",
            "!",
            "(",
            ")",
            "<->",
            "<2>",
            ":",
            ":*",
            ":A",
            "*",
            '"',
            "-",
            " or ",
            "--",
            ";",
            "%",
            "$1",
            "@"
          ]
          const letters = [
            "a",
            "é",
            "東",
            "0",
            "\t",
            "\n",
            "\u00a0",
            "\u200b",
            "\u{1f95b}",
            "x@y.zz",
            "http://a.b/c?d",
            "<b>",
            "&amp;",
            "1e9"
          ]
          const queries = [
            ...bits,
            "' or 1=1 --",
            "'; drop table task; --",
            "\\'",
            "a\\",
            "'a'\\",
            "or",
            "or or or",
            "a or",
            "-a or -b",
            '"a',
            'a""b',
            '-""',
            ...[
              "-",
              "- ",
              "-&",
              "-:",
              "-'",
              "-\\",
              "-*",
              "-<",
              "-$",
              "-a",
              '-"',
              '-""',
              '-"" ',
              '-"-',
              "-or ",
              "-a or ",
              "!",
              "(-",
              "\u00a0-",
              "\u200b-"
            ].map((bit) => bit.repeat(Math.floor(200 / bit.length))),
            "(".repeat(200),
            "a ".repeat(100),
            "\u{1f95b}".repeat(200),
            "東".repeat(200),
            "a-".repeat(100),
            ...Array.from({ length: byTier(100, 300) }, () =>
              Array.from({ length: 1 + random.below(40) }, () => random.one(random.next() < 0.6 ? bits : letters)).join(
                ""
              )
            )
          ]
          for (const q of queries) {
            const { items, total } = yield* tasks.list(owner, { q, count: "exact" })
            assert.strictEqual(items.length, total, q)
          }
        }),
      300_000
    )

    it.effect("does not find the word that marks the owner of a task in the index", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const owner = UserId.make("marked")
        const spy = UserId.make("spy")
        yield* titled(owner, ["Secret", "Secret too"])
        const md5 = createHash("md5").update(owner).digest("hex")
        const marker = `@${md5}`
        const queries = [marker, md5, `'${marker}'`, `"${marker}"`, `-${marker}`, "@", marker.slice(0, 5)]
        const injected = [`x') | '${marker}`, `x' | '${marker}' | '`, `x:* | '${marker}':*`, `secret or ${marker}`]
        for (const q of [...queries, ...injected]) {
          assert.deepInclude(yield* tasks.list(spy, { q, count: "exact" }), { items: [], total: 0 }, q)
        }
        const own = `My note of ${marker}`
        yield* titled(spy, [own])
        for (const q of queries) assert.deepStrictEqual(yield* found(spy, q), [own], q)
        for (const q of injected) assert.deepStrictEqual(yield* found(spy, q), [], q)
        assert.deepStrictEqual(yield* found(spy, md5), [own])
        assert.deepStrictEqual(yield* found(owner, md5), [])
        assert.deepStrictEqual(yield* found(owner, "secret"), ["Secret", "Secret too"])
      })
    )
  })
})
