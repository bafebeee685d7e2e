import { assert } from "@effect/vitest"
import type { Dice } from "./Dice.ts"
import type { Send } from "./Service.ts"

// Few ids, so that many changes meet.
const ids = Array.from({ length: 14 }, (_, n) => `019c2f7e-0000-7000-8000-${String(n).padStart(12, "0")}`)

/** One random change. Most may be refused for a good reason. */
export const change = async (send: Send, dice: Dice) => {
  const [task, other, third] = [dice.of(ids), dice.of(ids), dice.of(ids)]
  const [project, tag] = [dice.of(ids.slice(0, 5)), dice.of(ids.slice(0, 5))]
  const title = `Title number ${dice.below(1_000_000)}`
  const taskPath = `/api/tasks/${task}`
  const recurring = { due: { date: "2026-12-01" }, recurrence: { rrule: "FREQ=DAILY;COUNT=3", anchor: "due" } }
  const ifMatch = { "if-match": `"${1 + dice.below(5)}"` }
  const operations: ReadonlyArray<Parameters<Send>> = [
    ["POST", "/api/tasks", { id: task, title }],
    ["POST", "/api/tasks", { id: task, title, project_id: project, tag_ids: [tag] }],
    ["POST", "/api/tasks", { id: task, title, ...recurring }],
    ["POST", "/api/tasks", { id: task, title, parent_id: other }],
    ["POST", "/api/tasks", { title }, { "idempotency-key": title }],
    ["PATCH", taskPath, { title }],
    ["PATCH", taskPath, { title }, ifMatch],
    ["PUT", taskPath, { description: title, priority: dice.of(["none", "high"]) }],
    ["PATCH", taskPath, { status: dice.of(["pending", "in_progress", "completed", "completed"]) }],
    ["PATCH", taskPath, { ...recurring }],
    ["PATCH", taskPath, { parent_id: dice.of([other, null]) }],
    ["PATCH", taskPath, { project_id: dice.of([project, null]) }],
    ["PATCH", taskPath, { tag_ids: dice.of([[], [tag]]) }],
    ["POST", `${taskPath}/move`, { after: other }],
    ["DELETE", taskPath],
    ["DELETE", taskPath, undefined, ifMatch],
    ["POST", `${taskPath}/restore`],
    ["POST", `${taskPath}/restore`],
    ["DELETE", `/api/trash/${task}`],
    [
      "POST",
      "/api/tasks/bulk",
      {
        operations: [
          { op: "create", task: { id: task, title, parent_id: third } },
          { op: "update", id: other, change: { title } }
        ]
      }
    ],
    [
      "POST",
      "/api/tasks/bulk",
      {
        operations: [
          { op: "update", id: other, change: { status: "completed", title } },
          { op: "delete", id: task },
          { op: "update", id: third, change: { tag_ids: [] } }
        ]
      }
    ],
    ["POST", "/api/projects", { id: project, name: title }],
    ["PATCH", `/api/projects/${project}`, { archived: dice.oneIn(2) }],
    ["DELETE", `/api/projects/${project}`],
    ["POST", "/api/tags", { id: tag, name: title }],
    ["PATCH", `/api/tags/${tag}`, { color: "#ff0000" }],
    ["DELETE", `/api/tags/${tag}`]
  ]
  const { body, status } = await send(...dice.of(operations))
  assert.oneOf(status, [200, 201, 204, 404, 409, 412, 422], JSON.stringify(body))
}
