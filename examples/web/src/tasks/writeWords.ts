import type { TaskWrite } from "../data/TaskWrite.ts"

/** What a person did, in words. */
export const writeWords = (write: TaskWrite): string => {
  const title = `“${write.task.title}”`
  switch (write.op) {
    case "create":
      return `New task ${title}`
    case "update":
      if (write.change.title !== undefined) return `${title} renamed to “${write.change.title}”`
      return write.change.status === "completed" ? `${title} completed` : `Changes to ${title}`
    case "move":
      return `${title} moved ${write.to} “${write.other.title}”`
    case "delete":
      return `${title} put into the trash`
    case "restore":
      return `${title} taken out of the trash`
  }
}
