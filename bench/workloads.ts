import { Schema } from "effect"
import { Cursor, queryFingerprint } from "../src/domain/Pagination.ts"
import { big } from "../test/support/LargeDataset.ts"

/** A task that is there, and a word of its title. */
export interface Target {
  readonly user_id: string
  readonly id: string
  readonly version: number
  readonly word: string
}

/** What the requests are about. */
export interface Field {
  readonly targets: ReadonlyArray<Target>
  /** Where big's list is far behind its beginning. */
  readonly deep: { readonly key: string; readonly id: string }
}

export interface Request {
  readonly method: string
  readonly path: string
  readonly user_id: string
  readonly body?: object
  readonly ifMatch?: number
}

export interface Workload {
  readonly name: string
  readonly title: string
  /** Changes what is there, so each of its requests is good only once. */
  readonly writes?: boolean
  readonly request: (target: Target, field: Field, n: number) => Request
}

const path = "/api/tasks"
const limit = 20

const get = ({ id, user_id }: Target): Request => ({ method: "GET", path: `${path}/${id}`, user_id })
const list = ({ user_id }: Target): Request => ({ method: "GET", path: `${path}?limit=${limit}`, user_id })
const create = ({ user_id }: Target, _field: Field, n: number): Request => ({
  method: "POST",
  path,
  user_id,
  body: { title: `Buy ${n} eggs`, description: "The brown ones.", priority: "low", due_at: "2027-01-31T09:30:00.000Z" }
})

const encode = Schema.encodeSync(Cursor)

export const mix: Workload = {
  name: "mix",
  title: "Mix 60/30/10",
  writes: true,
  request: (target, field, n) => (n % 10 < 6 ? get(target) : n % 10 < 9 ? list(target) : create(target, field, n))
}

export const workloads: ReadonlyArray<Workload> = [
  { name: "get", title: "GET one", request: get },
  { name: "list", title: "List 20", request: list },
  {
    name: "deep",
    title: "Deep page",
    request: (_, { deep }) => ({
      method: "GET",
      path: `${path}?limit=${limit}&cursor=${encode({ list: queryFingerprint({}), ...deep })}`,
      user_id: big
    })
  },
  {
    name: "filter",
    title: "Filtered list",
    request: ({ user_id }) => ({
      method: "GET",
      path: `${path}?limit=${limit}&status=pending&priority=medium`,
      user_id
    })
  },
  {
    name: "search",
    title: "Search",
    request: ({ user_id, word }) => ({ method: "GET", path: `${path}?limit=${limit}&q=${word}`, user_id })
  },
  { name: "create", title: "POST", writes: true, request: create },
  {
    name: "change",
    title: "PATCH",
    writes: true,
    request: ({ id, user_id, version }, _, n) => ({
      method: "PATCH",
      path: `${path}/${id}`,
      user_id,
      body: { title: `Buy ${n} apples`, status: "in_progress" },
      ifMatch: version
    })
  },
  mix
]

/** Not raced, since the others do not have it; judged with the other operations on one task. */
export const remove: Workload = {
  name: "remove",
  title: "DELETE",
  writes: true,
  request: ({ id, user_id }) => ({ method: "DELETE", path: `${path}/${id}`, user_id })
}

/**
 * So many requests in a row. A pass over the targets takes each once; those that change a task name the
 * version that the pass before left.
 */
export const requestsOf = (workload: Workload, field: Field, count: number): ReadonlyArray<Request> =>
  Array.from({ length: count }, (_, n) => {
    const { targets } = field
    const target = targets[n % targets.length]
    if (target === undefined) throw new Error("There are no tasks to ask for")
    return workload.request({ ...target, version: target.version + Math.floor(n / targets.length) }, field, n)
  })
