// The upper bound: node:http with every optimization and only the code that the responses need. No log, no rate limits,
// no metrics, no framework, no schemas.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http"
import { v7 } from "uuid"
import { cachingVerifier } from "./accessTokens.ts"
import { pipelined, type Row } from "./database.ts"
import * as statements from "./statements.ts"

const database = await pipelined()
const identify = await cachingVerifier()

const send = (response: ServerResponse, status: number, value: unknown, headers: Record<string, string> = {}) => {
  const body = JSON.stringify(value)
  const length = Buffer.byteLength(body)
  response.writeHead(status, { "content-type": "application/json", "content-length": length, ...headers }).end(body)
}

const reject = (response: ServerResponse, status: number, title: string, more: object = {}) =>
  send(response, status, { status, title, ...more }, { "content-type": "application/problem+json" })

const bodyOf = async (request: IncomingMessage) => {
  let text = ""
  request.setEncoding("utf8")
  for await (const part of request) text += part
  return JSON.parse(text)
}

const isTitle = (title: unknown) => typeof title === "string" && title.trim() !== "" && title.length <= 200

const etagOf = (task: Row) => ({ etag: `"${task.version}"` })

const get = async (response: ServerResponse, owner: string, id: string) => {
  const [task] = await database.query(statements.find(owner, id))
  if (task === undefined) reject(response, 404, "Task not found")
  else send(response, 200, task, etagOf(task))
}

const list = async (response: ServerResponse, owner: string, text: string | undefined) => {
  const parameters = new URLSearchParams(text)
  const limit = Number(parameters.get("limit") ?? statements.defaultLimit)
  if (!(limit >= 1 && limit <= 200)) return reject(response, 422, "The limit must be from 1 to 200")
  const [cursor, priority, q] = ["cursor", "priority", "q"].map((name) => parameters.get(name))
  const status = parameters.getAll("status")
  const query = {
    limit,
    ...(cursor && { cursor }),
    ...(priority && { priority }),
    ...(q && { q }),
    ...(status.length > 0 && { status })
  }
  const rows = await database.query(statements.list(owner, query))
  const last = rows.length > limit ? rows[limit - 1] : undefined
  if (last === undefined) return send(response, 200, rows)
  parameters.set("cursor", statements.cursorOf({ key: last.created_at, id: last.id }))
  send(response, 200, rows.slice(0, limit), { link: `</api/tasks?${parameters}>; rel="next"` })
}

const create = async (request: IncomingMessage, response: ServerResponse, owner: string) => {
  const task = await bodyOf(request)
  if (!isTitle(task.title)) return reject(response, 422, "The title is not valid")
  const [created] = await database.query(statements.create(owner, v7(), task))
  send(response, 201, created, { ...etagOf(created), location: `/api/tasks/${created.id}` })
}

const change = async (request: IncomingMessage, response: ServerResponse, owner: string, id: string) => {
  const body = await bodyOf(request)
  if (body.title !== undefined && !isTitle(body.title)) return reject(response, 422, "The title is not valid")
  const tag = request.headers["if-match"]
  const version = tag === undefined ? null : Number(tag.slice(1, -1))
  const [task] = await database.query(statements.update(owner, id, body, version))
  if (task !== undefined) return send(response, 200, task, etagOf(task))
  const [current] = await database.query(statements.find(owner, id))
  if (current === undefined) reject(response, 404, "Task not found")
  else reject(response, 412, "Precondition failed", { current })
}

const respond = async (request: IncomingMessage, response: ServerResponse) => {
  const [path = "", query] = (request.url ?? "").split("?", 2)
  if (path === "/health/live") return send(response, 200, { status: "ok" })
  let owner: string
  try {
    owner = await identify(request.headers.authorization)
  } catch {
    return reject(response, 401, "Unauthorized")
  }
  if (path === "/api/tasks") {
    if (request.method === "GET") return list(response, owner, query)
    if (request.method === "POST") return create(request, response, owner)
  } else if (path.startsWith("/api/tasks/")) {
    const id = path.slice("/api/tasks/".length)
    if (!/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(id)) return reject(response, 422, "The id is not a UUID")
    if (request.method === "GET") return get(response, owner, id)
    if (request.method === "PATCH") return change(request, response, owner, id)
  }
  reject(response, 404, "Not found")
}

createServer((request, response) => {
  respond(request, response).catch((cause) => {
    process.stderr.write(`${cause}\n`)
    reject(response, 500, "Internal server error")
  })
}).listen(Number(process.env.PORT), "127.0.0.1")
