import type { TaskWrite } from "effect-tasks/react"

/** What a user did, in words. */
export const describeWrite = (write: TaskWrite): string => {
  const title = `“${write.task.title}”`
  switch (write.op) {
    case "create":
      return `New task ${title}`
    case "update":
      if (write.change.title !== undefined) return `${title} renamed to “${write.change.title}”`
      return write.change.status === "completed" ? `${title} completed` : `Changes to ${title}`
    case "move":
      return `${title} moved`
    case "delete":
      return `${title} moved to the trash`
    case "restore":
      return `${title} restored`
  }
}
