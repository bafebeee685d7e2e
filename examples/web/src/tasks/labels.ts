import type { TaskPriority, TaskStatus } from "effect-tasks/client"

export const statuses: Readonly<Record<TaskStatus, string>> = {
  pending: "Open",
  in_progress: "In progress",
  completed: "Done"
}

export const priorities: Readonly<Record<TaskPriority, string>> = {
  high: "High",
  medium: "Medium",
  low: "Low",
  none: "None"
}

/** The key with this text, or `otherwise`. */
export const keyIn = <Key extends string>(labels: Readonly<Record<Key, string>>, text: string, otherwise: Key): Key =>
  (Object.keys(labels) as Array<Key>).find((key) => key === text) ?? otherwise
