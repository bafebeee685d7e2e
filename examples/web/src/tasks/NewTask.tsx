import { type FormEvent, useState } from "react"
import { draft } from "../data/TaskWrite.ts"
import { useTaskWrite } from "../data/useTaskWrites.ts"
import { Icon } from "../parts/Icon.tsx"
import { useNotices } from "../parts/Notices.tsx"
import { dayOf, dueOn } from "../view/dates.ts"
import type { View } from "../view/View.ts"
import styles from "./NewTask.module.css"

/** Enter makes a task that belongs to the list one looks at. */
export const NewTask = ({ view }: { readonly view: View }) => {
  const [title, setTitle] = useState("")
  const write = useTaskWrite()
  const { announce } = useNotices()

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (title.trim() === "") return
    const fields = {
      id: crypto.randomUUID(),
      title: title.trim(),
      ...(view.project !== undefined && view.project !== "none" && { project_id: view.project }),
      ...(view.tag !== undefined && { tag_ids: [view.tag] }),
      ...(view.priority !== undefined && { priority: view.priority }),
      ...(view.due === "today" && { due_at: dueOn(dayOf(new Date())) })
    }
    write({ op: "create", task: draft(fields), fields })
    announce(`Added “${fields.title}”.`)
    setTitle("")
  }

  return (
    <form className={styles.form} onSubmit={submit}>
      <Icon name="plus" />
      <input
        id="new-task"
        aria-label="New task"
        placeholder="What is to be done?"
        value={title}
        maxLength={200}
        autoComplete="off"
        enterKeyHint="done"
        onChange={(event) => setTitle(event.target.value)}
      />
      <button type="submit" className="primary" disabled={title.trim() === ""}>
        Add
      </button>
    </form>
  )
}
