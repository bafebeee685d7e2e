import { v5 } from "uuid"
import { ProjectId } from "../domain/Project.ts"
import { TagId } from "../domain/Tag.ts"
import { TaskId } from "../domain/Task.ts"

// Todoist's CSV has no ids. The same name always gets the same id (RFC 9562, section 5.5), so that a file which is
// imported again finds its rows.
const namespace = "5a0d2c3e-7b1f-4c48-9e6d-0a9b8c7d6e5f"
const idOf = (...names: ReadonlyArray<string>) => v5(JSON.stringify(names), namespace)

/** The ids of the rows of one file. Two projects with one name are files that differ in Todoist's id. */
export const makeTodoistIds = (file: string) => {
  const seen = new Map<string, number>()
  return {
    project: ProjectId.make(idOf("project", file)),

    /** Names that differ in case or normal form only are one tag, in all files. */
    tag: (name: string) => TagId.make(idOf("tag", name.normalize("NFC").toLowerCase())),

    /** From the cells of the row and how often they have occurred: two equal rows are two tasks. */
    nextTask: (cells: ReadonlyArray<string>) => {
      const id = idOf("task", file, ...cells)
      const count = seen.get(id) ?? 0
      seen.set(id, count + 1)
      return TaskId.make(count === 0 ? id : idOf(id, String(count)))
    }
  }
}
