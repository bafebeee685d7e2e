// JSON Schemas: Fastify validates requests and serializes responses with them.
import { defaultLimit } from "./statements.ts"

const uuid = { type: "string", format: "uuid" }
const instant = { type: "string", format: "date-time" }
const status = { type: "string", enum: ["pending", "in_progress", "completed"] }
const priority = { type: "string", enum: ["none", "low", "medium", "high"] }
const due = {
  type: "object",
  properties: { date: { type: "string" }, time: { type: "string" }, time_zone: { type: "string" } }
}
const recurrence = { type: "object", properties: { rrule: { type: "string" }, anchor: { type: "string" } } }
const subtasks = { type: "object", properties: { total: { type: "integer" }, completed: { type: "integer" } } }
const nullable = (schema: { readonly type: string }) => ({ ...schema, nullable: true })

const fields = {
  title: { type: "string", minLength: 1, maxLength: 200, pattern: "\\S" },
  description: nullable({ ...{ type: "string" }, ...{ maxLength: 2000 } }),
  status,
  priority,
  due_at: nullable(instant),
  project_id: nullable(uuid)
}
const tag_ids = { type: "array", items: uuid, maxItems: 50, uniqueItems: true }

const task = {
  type: "object",
  properties: {
    id: uuid,
    title: { type: "string" },
    description: nullable({ type: "string" }),
    status,
    priority,
    due: nullable(due),
    due_at: nullable(instant),
    recurrence: nullable(recurrence),
    project_id: nullable(uuid),
    parent_id: nullable(uuid),
    subtasks,
    tag_ids: { type: "array", items: uuid },
    position: { type: "string" },
    completed_at: nullable(instant),
    version: { type: "integer" },
    user_id: { type: "string" },
    created_at: instant,
    updated_at: instant
  }
}

const params = { type: "object", properties: { task_id: uuid }, required: ["task_id"] }

export const get = { params, response: { 200: task } }

export const list = {
  querystring: {
    type: "object",
    properties: {
      limit: { type: "integer", minimum: 1, maximum: 200, default: defaultLimit },
      cursor: { type: "string" },
      status: { type: "array", items: status },
      priority,
      q: { type: "string", maxLength: 200 }
    },
    additionalProperties: false
  },
  response: { 200: { type: "array", items: task } }
}

export const create = {
  body: { type: "object", properties: { ...fields, tag_ids }, required: ["title"], additionalProperties: false },
  response: { 201: task }
}

export const update = {
  params,
  body: { type: "object", properties: fields, additionalProperties: false },
  response: { 200: task }
}
