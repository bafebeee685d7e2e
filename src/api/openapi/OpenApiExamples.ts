import type { Schema } from "effect"
import type { ExportRecord } from "../../domain/AccountExport.ts"
import type { Project, ProjectCreate, ProjectUpdate } from "../../domain/Project.ts"
import type { Tag, TagCreate, TagUpdate } from "../../domain/Tag.ts"
import type { Task, TaskCreate, TaskMove, TaskUpdate, TrashedTask } from "../../domain/Task.ts"
import type { TaskBulk, TaskBulkResult, TaskOperation } from "../../domain/TaskBulk.ts"
import type { User } from "../../domain/User.ts"
import type { FieldError } from "../errors/CommonErrors.ts"
import type { Health } from "../Health.ts"

type Encoded<S extends Schema.Top> = S["Encoded"]

const id = "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"
const other = "019c2f80-1d6f-7a52-8e0b-3c4d5e6f7a8b"
const owned = {
  version: 1,
  user_id: "ada",
  created_at: "2026-11-20T09:30:00.000Z",
  updated_at: "2026-11-20T09:30:00.000Z"
}

const project: Encoded<typeof Project> = {
  id: "019c2f7a-90c4-7d1b-b3a5-0e1f2a3b4c5d",
  name: "Household",
  description: null,
  color: "#3b82f6",
  archived: false,
  ...owned
}

const tag: Encoded<typeof Tag> = {
  id: "019c2f7b-2e8d-7f60-a1c7-5d4e3f2a1b0c",
  name: "errand",
  color: null,
  ...owned
}

const task: Encoded<typeof Task> = {
  id,
  title: "Buy milk",
  description: null,
  status: "pending",
  priority: "none",
  due_at: "2026-11-21T17:00:00.000Z",
  project_id: project.id,
  tag_ids: [tag.id],
  position: "n0660bbc346aa38",
  completed_at: null,
  ...owned
}

/** What each schema of the contract looks like, by its name: all of one user's, and of a piece. */
export const examples = {
  Task: task,
  TaskCreate: { title: "Buy milk", due_at: "2026-11-21T17:00:00.000Z" } satisfies Encoded<typeof TaskCreate>,
  TaskUpdate: { status: "completed" } satisfies Encoded<typeof TaskUpdate>,
  TaskMove: { after: other } satisfies Encoded<typeof TaskMove>,
  TaskOperation: { op: "delete", id: other, version: 3 } satisfies Encoded<typeof TaskOperation>,
  TaskBulk: {
    operations: [
      { op: "create", task: { title: "Buy bread" } },
      { op: "update", id, change: { status: "completed" } },
      { op: "delete", id: other, version: 3 }
    ]
  } satisfies Encoded<typeof TaskBulk>,
  TaskBulkResult: { results: [task, null] } satisfies Encoded<typeof TaskBulkResult>,
  TrashedTask: { ...task, deleted_at: "2026-11-20T10:15:00.000Z" } satisfies Encoded<typeof TrashedTask>,
  Project: project,
  ProjectCreate: { name: "Household", color: "#3b82f6" } satisfies Encoded<typeof ProjectCreate>,
  ProjectUpdate: { archived: true } satisfies Encoded<typeof ProjectUpdate>,
  Tag: tag,
  TagCreate: { name: "errand" } satisfies Encoded<typeof TagCreate>,
  TagUpdate: { color: "#f97316" } satisfies Encoded<typeof TagUpdate>,
  ExportRecord: { type: "task", ...task } satisfies Encoded<typeof ExportRecord>,
  User: {
    id: "ada",
    email: "ada@example.com",
    name: "Ada",
    expires_at: "2026-11-20T09:45:00.000Z"
  } satisfies Encoded<typeof User>,
  Health: { status: "ok", version: "0.1.0", checks: { database: { status: "ok" } } } satisfies Encoded<typeof Health>,
  Fault: {
    pointer: "/body/title",
    code: "too_long",
    message: "Must have at most 200 characters",
    params: { max: 200 }
  } satisfies Encoded<typeof FieldError>
}
