import { Task, TaskId } from "../../src/domain/Task.ts"
import * as TestAuth from "./TestAuth.ts"

/** A task as repositories return it. */
export const task = Task.make({
  id: TaskId.make("019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e"),
  title: "Buy milk",
  description: null,
  status: "pending",
  priority: "none",
  due: null,
  due_at: null,
  recurrence: null,
  project_id: null,
  parent_id: null,
  subtasks: { total: 0, completed: 0 },
  tag_ids: [],
  position: "a0",
  completed_at: null,
  version: 3,
  user_id: TestAuth.ada,
  created_at: "2026-11-20T09:30:00.000Z",
  updated_at: "2026-11-20T09:30:00.000Z"
})
