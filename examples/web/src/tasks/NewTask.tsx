import { isBlank, newId, type Project } from "effect-tasks/client"
import { newTask } from "effect-tasks/react"
import { type FormEvent, useEffect, useState } from "react"
import { useAccountOutbox } from "../data/Account.tsx"
import { readDraft, writeDraft } from "../data/drafts.ts"
import { Icon } from "../parts/Icon.tsx"
import { useNotices } from "../parts/Notices.tsx"
import { dayAfter, dayOf } from "../view/dates.ts"
import { visit } from "../view/useView.ts"
import { home, type View } from "../view/View.ts"
import { Chips } from "./Chips.tsx"
import styles from "./NewTask.module.css"
import { type Span, useQuickAdd } from "./useQuickAdd.ts"

interface Props {
  readonly user: string
  readonly view: View
  readonly projects: ReadonlyArray<Project>
}

/** Whether the list may not show a new task: because of its status, or because of a search. */
const isHidden = (view: View) => view.status === "done" || Boolean(view.q?.trim())

const focusInput = () => document.getElementById("new-task")?.focus()

/** Adds a task that belongs to the shown list. */
export const NewTask = ({ projects, user, view }: Props) => {
  const [title, setTitle] = useState(() => readDraft<string>(user, "new-task") ?? "")
  const quick = useQuickAdd(title)
  const outbox = useAccountOutbox()
  const { announce, offer } = useNotices()

  useEffect(() => writeDraft(user, "new-task", title === "" ? undefined : title), [title, user])

  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isBlank(title)) return
    const understood = quick.fields()
    const today = dayOf(new Date())
    const fields = {
      id: newId(),
      ...(view.project !== undefined && view.project !== "none" && { project_id: view.project }),
      ...(view.priority !== undefined && { priority: view.priority }),
      ...(view.due !== undefined && { due: { date: view.due === "today" ? today : dayAfter(today) } }),
      ...understood,
      ...(view.tag !== undefined && { tag_ids: [...new Set([view.tag, ...(understood.tag_ids ?? [])])] })
    }
    outbox.add(newTask(fields))
    setTitle("")
    quick.reset()
    focusInput()
    if (!isHidden(view)) return announce(`Added “${fields.title}”.`)
    const { q: _, ...rest } = view
    const list: View = { ...rest, status: "open" }
    const name = projects.find(({ id }) => id === view.project)?.name
    const place = name === undefined ? "the open tasks" : `the open tasks of “${name}”`
    offer(`Added “${fields.title}” to ${place}.`, "Show", () => visit({ ...home, ...list }))
  }

  const remove = (field: Span["field"]) => {
    quick.remove(field)
    focusInput()
  }

  return (
    <form onSubmit={submit}>
      <div className={styles.form}>
        <Icon name="plus" />
        <input
          id="new-task"
          aria-label="New task"
          placeholder="Add a task"
          dir="auto"
          value={title}
          maxLength={200}
          autoComplete="off"
          enterKeyHint="done"
          onChange={(event) => setTitle(event.target.value)}
        />
        <button type="submit" className="primary" disabled={isBlank(title)}>
          Add
        </button>
      </div>
      {quick.spans.length > 0 && <Chips text={quick.text} spans={quick.spans} onRemove={remove} />}
    </form>
  )
}
