/** A task in the database. The version is kept up to date by the requests that change it. */
export interface Task {
  readonly user_id: string
  readonly id: string
  version: number
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
  readonly request: (target: Task, n: number) => Request
}

const path = "/api/tasks"

const getOne = ({ id, user_id }: Task): Request => ({ method: "GET", path: `${path}/${id}`, user_id })

const list = ({ user_id }: Task): Request => ({ method: "GET", path: `${path}?limit=20`, user_id })

const create = ({ user_id }: Task, n: number): Request => ({
  method: "POST",
  path,
  user_id,
  body: { title: `Buy ${n} eggs`, description: "The brown ones.", priority: "low", due_at: "2027-01-31T09:30:00.000Z" }
})

const patch = (target: Task, n: number): Request => {
  target.version++
  return {
    method: "PATCH",
    path: `${path}/${target.id}`,
    user_id: target.user_id,
    body: { title: `Buy ${n} apples`, status: "in_progress" }
  }
}

const patchIfMatch = (target: Task, n: number): Request => ({ ifMatch: target.version, ...patch(target, n) })

export const get: Workload = { name: "get", title: "GET one", request: getOne }

export const mix: Workload = {
  name: "mix",
  title: "Mix 60/30/10",

  request: (target, n) => (n % 10 < 6 ? getOne(target) : n % 10 < 9 ? list(target) : create(target, n))
}

/** The mix over 100 connections, for latency. */
export const mixAtFullLoad: Workload = { ...mix, name: "mix-full-load", title: "Mix at full load" }

export const mixAtFixedRate: Workload = { ...mix, name: "mix-fixed-rate", title: "Mix at 60 % of Fastify" }

export const workloads: ReadonlyArray<Workload> = [
  get,
  { name: "list", title: "List 20", request: list },
  { name: "post", title: "POST", request: create },
  { name: "patch-if-match", title: "PATCH with If-Match", request: patchIfMatch },
  { name: "patch", title: "PATCH", request: patch },
  mix
]

/** Builds one request after the other, each for the next task. Processes that share a database share it. */
export const makeRequests = (targets: ReadonlyArray<Task>) => {
  let n = 0
  return (workload: Workload) => {
    const target = targets[n % targets.length]
    if (target === undefined) throw new Error("The database has no tasks")
    return workload.request(target, n++)
  }
}

/** A request as bytes on the wire. It names an origin, as a browser's request does. */
export const serialize = ({ body, ifMatch, method, path, user_id }: Request, tokenOf: (user: string) => string) => {
  const text = body === undefined ? "" : JSON.stringify(body)
  return [
    `${method} ${path} HTTP/1.1`,
    "Host: localhost",
    `Authorization: Bearer ${tokenOf(user_id)}`,
    "Origin: https://app.example.com",
    ...(ifMatch === undefined ? [] : [`If-Match: "${ifMatch}"`]),
    ...(body === undefined ? [] : ["Content-Type: application/json", `Content-Length: ${Buffer.byteLength(text)}`]),
    `\r\n${text}`
  ].join("\r\n")
}
