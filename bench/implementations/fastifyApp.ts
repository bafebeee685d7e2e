// Fastify with plugins for the service's duties: authentication, rate limits, CORS, request ids, a log line and metrics
// for each request, problem details, validated input and serialized output.
import { randomUUID } from "node:crypto"
import { createServer } from "node:http"
import cors from "@fastify/cors"
import helmet from "@fastify/helmet"
import rateLimit from "@fastify/rate-limit"
import fastify, { type FastifyBaseLogger, type FastifyInstance, type FastifyRequest, LogController } from "fastify"
import { collectDefaultMetrics, Histogram, register } from "prom-client"
import { v7 } from "uuid"
import type { Database, Row } from "./database.ts"
import * as schemas from "./schemas.ts"
import * as statements from "./statements.ts"

export interface Options {
  readonly logger: FastifyBaseLogger
  readonly database: Database
  /** Registers what it needs, and returns a function that yields the user of a request's token or throws. */
  readonly identify: (app: FastifyInstance) => Promise<(request: FastifyRequest) => string | Promise<string>>
}

declare module "fastify" {
  interface FastifyRequest {
    owner: string
  }
}

const metrics = () => {
  collectDefaultMetrics()
  createServer(async (_request, response) => response.end(await register.metrics())).listen(
    Number(process.env.ADMIN_PORT),
    "127.0.0.1"
  )
  return new Histogram({
    name: "http_server_request_duration_seconds",
    help: "Duration of requests",
    labelNames: ["method", "route", "status"]
  })
}

const problem = (status: number, title: string, more: object = {}) => ({ status, title, detail: title, ...more })
const problemType = "application/problem+json"

const versionOf = (tag: string | undefined) => (tag === undefined ? null : Number(/^"([1-9]\d*)"$/.exec(tag)?.[1] ?? 0))

export const serve = async ({ database, identify, logger }: Options) => {
  const app: FastifyInstance = fastify({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    genReqId: ({ headers }) => String(headers["x-request-id"] ?? randomUUID()),
    bodyLimit: 64 * 1024,
    ajv: { customOptions: { allErrors: true, removeAdditional: false, coerceTypes: "array" } }
  })
  app.removeContentTypeParser("text/plain")
  await app.register(cors, {
    origin: (process.env.ALLOWED_ORIGINS ?? "").split(","),
    credentials: true,
    exposedHeaders: ["ETag", "Link", "Location", "Retry-After", "X-Request-Id"]
  })
  // Only the headers that the service sends too.
  await app.register(helmet, {
    contentSecurityPolicy: false,
    crossOriginOpenerPolicy: false,
    crossOriginResourcePolicy: false,
    dnsPrefetchControl: false,
    frameguard: false,
    hidePoweredBy: false,
    ieNoOpen: false,
    originAgentCluster: false,
    permittedCrossDomainPolicies: false,
    referrerPolicy: false,
    xssFilter: false
  })
  const ownerOf = await identify(app)
  const durations = metrics()

  app.addHook("onRequest", async (request, reply) => {
    reply.headers({ "x-request-id": request.id, "cache-control": "no-store" })
    if (request.routeOptions.config.isPublic === true) return
    try {
      request.owner = await ownerOf(request)
    } catch {
      reply.header("www-authenticate", "Bearer")
      return reply
        .code(401)
        .type(problemType)
        .send(problem(401, "Unauthorized", { request_id: request.id }))
    }
  })
  await app.register(rateLimit, {
    max: 1_000_000,
    timeWindow: 1_000,
    cache: 10_000,
    enableDraftSpec: true,
    keyGenerator: (request) => request.owner
  })
  app.addHook("onResponse", (request, reply, done) => {
    const route = request.routeOptions.url ?? "unmatched"
    const seconds = reply.elapsedTime / 1000
    durations.observe({ method: request.method, route, status: reply.statusCode }, seconds)
    request.log.info(
      { method: request.method, route, status: reply.statusCode, seconds, user: request.owner },
      "Request completed"
    )
    done()
  })

  app.setErrorHandler<Error & { statusCode?: number; validation?: ReadonlyArray<object> }>((error, request, reply) => {
    const status = error.validation === undefined ? (error.statusCode ?? 500) : 422
    if (status >= 500) request.log.error(error)
    const more = { request_id: request.id, ...(error.validation !== undefined && { errors: error.validation }) }
    return reply
      .code(status)
      .type(problemType)
      .send(problem(status, status >= 500 ? "Internal server error" : error.message, more))
  })
  app.setNotFoundHandler((request, reply) =>
    reply
      .code(404)
      .type(problemType)
      .send(problem(404, "Not found", { request_id: request.id }))
  )

  addRoutes(app, database)
  await app.listen({ port: Number(process.env.PORT), host: "127.0.0.1" })
}

declare module "fastify" {
  interface FastifyContextConfig {
    isPublic?: boolean
  }
}

const addRoutes = (app: FastifyInstance, database: Database) => {
  const etagOf = (task: Row) => `"${task.version}"`
  const notFound = (request: FastifyRequest) => problem(404, "Task not found", { request_id: request.id })

  app.get("/health/live", { config: { isPublic: true, rateLimit: false } }, async () => ({ status: "ok" }))

  app.get<{ Params: { task_id: string } }>("/api/tasks/:task_id", { schema: schemas.get }, async (request, reply) => {
    const [task] = await database.query(statements.find(request.owner, request.params.task_id))
    if (task === undefined) return reply.code(404).type(problemType).send(notFound(request))
    reply.header("etag", etagOf(task))
    return request.headers["if-none-match"] === etagOf(task) ? reply.code(304).send() : task
  })

  app.get<{ Querystring: statements.TaskQuery }>("/api/tasks", { schema: schemas.list }, async (request, reply) => {
    const { limit = statements.defaultLimit } = request.query
    const rows = await database.query(statements.list(request.owner, request.query))
    const last = rows.length > limit ? rows[limit - 1] : undefined
    if (last !== undefined) {
      const parameters = new URLSearchParams(request.url.split("?", 2)[1])
      parameters.set("cursor", statements.cursorOf({ key: new Date(last.created_at).toISOString(), id: last.id }))
      reply.header("link", `</api/tasks?${parameters}>; rel="next"`)
    }
    return rows.slice(0, limit)
  })

  app.post<{ Body: statements.TaskCreate }>("/api/tasks", { schema: schemas.create }, async (request, reply) => {
    const [task] = await database.query(statements.create(request.owner, v7(), request.body))
    return reply
      .code(201)
      .headers({ etag: etagOf(task), location: `/api/tasks/${task.id}` })
      .send(task)
  })

  app.patch<{ Params: { task_id: string }; Body: statements.TaskUpdate }>(
    "/api/tasks/:task_id",
    { schema: schemas.update },
    async (request, reply) => {
      const { task_id } = request.params
      const version = versionOf(request.headers["if-match"])
      const [task] = await database.query(statements.update(request.owner, task_id, request.body, version))
      if (task !== undefined) return reply.header("etag", etagOf(task)).send(task)
      const [current] = await database.query(statements.find(request.owner, task_id))
      if (current === undefined) return reply.code(404).type(problemType).send(notFound(request))
      const conflict = problem(412, "Precondition failed", { request_id: request.id, current })
      return reply.code(412).type(problemType).send(conflict)
    }
  )
}
