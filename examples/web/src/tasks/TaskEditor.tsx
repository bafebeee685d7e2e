import type { Project, Tag } from "effect-tasks/client"
import type { FormEvent, KeyboardEvent } from "react"
import { Options } from "../parts/Options.tsx"
import type { Edited, Fields } from "./Edited.ts"
import { TagPicker } from "./TagPicker.tsx"
import styles from "./TaskEditor.module.css"
import { keyIn, priorities, statuses } from "./words.ts"

interface Props {
  readonly edited: Edited
  readonly projects: ReadonlyArray<Project>
  readonly tags: ReadonlyArray<Tag>
  readonly onFields: (fields: Fields) => void
  readonly onSave: () => void
  readonly onCancel: () => void
}

export const TaskEditor = ({ edited: { fields, task }, onCancel, onFields, onSave, projects, tags }: Props) => {
  const set = (part: Partial<Fields>) => onFields({ ...fields, ...part })

  const press = (event: KeyboardEvent) => {
    if (event.key === "Escape") onCancel()
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onSave()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSave()
  }

  return (
    <form className={styles.editor} aria-label={`Edit ${task.title}`} onSubmit={submit} onKeyDown={press}>
      <input
        className={styles.title}
        aria-label="Title"
        // biome-ignore lint/a11y/noAutofocus: whoever opens the editor wants to write in it
        autoFocus
        required
        maxLength={200}
        value={fields.title}
        onChange={(event) => set({ title: event.target.value })}
      />
      <textarea
        aria-label="Description"
        placeholder="Description"
        rows={3}
        maxLength={2000}
        value={fields.description}
        onChange={(event) => set({ description: event.target.value })}
      />
      <div className={styles.fields}>
        <label>
          Due
          <input type="date" value={fields.day} onChange={(event) => set({ day: event.target.value })} />
        </label>
        <label>
          Priority
          <select
            value={fields.priority}
            onChange={(event) => set({ priority: keyIn(priorities, event.target.value, "none") })}
          >
            <Options words={priorities} />
          </select>
        </label>
        <label>
          Status
          <select
            value={fields.status}
            onChange={(event) => set({ status: keyIn(statuses, event.target.value, "pending") })}
          >
            <Options words={statuses} />
          </select>
        </label>
        <label>
          Project
          <select value={fields.project_id ?? ""} onChange={(event) => set({ project_id: event.target.value || null })}>
            <option value="">None</option>
            <Options words={Object.fromEntries(projects.map(({ id, name }) => [id, name]))} />
          </select>
        </label>
      </div>
      <TagPicker tags={tags} chosen={fields.tag_ids} onChoose={(tag_ids) => set({ tag_ids })} />
      <div className={styles.buttons}>
        <button type="submit" className="primary">
          Save
        </button>
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </form>
  )
}
