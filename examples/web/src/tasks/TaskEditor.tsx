import type { Project, Tag } from "effect-tasks/client"
import { type FormEvent, type KeyboardEvent, useEffect, useRef } from "react"
import { Options } from "../parts/Options.tsx"
import { timeZone } from "../view/dates.ts"
import { changeOf, type Edited, type Fields } from "./Edited.ts"
import { keyIn, priorities, statuses } from "./labels.ts"
import { describeRule, rules } from "./recurrence.ts"
import { TagPicker } from "./TagPicker.tsx"
import styles from "./TaskEditor.module.css"

interface Props {
  readonly edited: Edited
  readonly projects: ReadonlyArray<Project>
  readonly tags: ReadonlyArray<Tag>
  readonly onFields: (update: (fields: Fields) => Partial<Fields>) => void
  readonly onSave: () => void
  /** Keeps what was typed. */
  readonly onClose: () => void
  /** Drops what was typed. */
  readonly onDiscard: () => void
}

const choose = ({ tag_ids }: Fields, id: string, isChosen: boolean) => {
  const others = tag_ids.filter((other) => other !== id)
  return { tag_ids: isChosen ? [...others, id] : others }
}

export const TaskEditor = (props: Props) => {
  const { edited, onClose, onDiscard, onFields, onSave, projects, tags } = props
  const { fields, task } = edited
  const form = useRef<HTMLFormElement>(null)
  const set = (part: Partial<Fields>) => onFields(() => part)
  const isChanged = Object.keys(changeOf(edited)).length > 0

  useEffect(() => {
    // Newer browsers return a promise, which React would take for a clean-up function.
    void form.current?.scrollIntoView({ block: "nearest" })
  }, [])

  const press = (event: KeyboardEvent) => {
    if (event.key === "Escape") onClose()
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) onSave()
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    onSave()
  }
  const zones = Array.from(new Set([timeZone, "UTC", ...(fields.time_zone === "" ? [] : [fields.time_zone])]))
  const { recurrence } = task
  const repeats = {
    ...rules,
    ...(recurrence !== null && { [recurrence.rrule]: describeRule({ ...recurrence, anchor: "due" }) })
  }
  // An archived project stays in the list while the task belongs to it.
  const choices = projects.filter(({ archived, id }) => !archived || id === fields.project_id)

  return (
    <form ref={form} className={styles.editor} aria-label={`Edit ${task.title}`} onSubmit={submit} onKeyDown={press}>
      <input
        className={styles.title}
        aria-label="Title"
        // biome-ignore lint/a11y/noAutofocus: the user opened the editor to type
        autoFocus
        required
        dir="auto"
        maxLength={200}
        value={fields.title}
        onChange={(event) => set({ title: event.target.value })}
      />
      <textarea
        aria-label="Description"
        placeholder="Description"
        rows={3}
        dir="auto"
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
          Time
          <input
            type="time"
            value={fields.time}
            disabled={fields.day === ""}
            onChange={(event) => set({ time: event.target.value })}
          />
        </label>
        <label>
          Time zone
          <select
            value={fields.time_zone}
            disabled={fields.time === ""}
            onChange={(event) => set({ time_zone: event.target.value })}
          >
            <option value="">Wherever I am</option>
            <Options labels={Object.fromEntries(zones.map((zone) => [zone, zone.replaceAll("_", " ")]))} />
          </select>
        </label>
        <label>
          Repeats
          <select value={fields.rrule} onChange={(event) => set({ rrule: event.target.value })}>
            <option value="">Never</option>
            <Options labels={repeats} />
          </select>
        </label>
        {fields.rrule !== "" && (
          <label>
            Next
            <select
              value={fields.anchor}
              onChange={(event) => set({ anchor: event.target.value === "completion" ? "completion" : "due" })}
            >
              <option value="due">After the due date</option>
              <option value="completion">After completion</option>
            </select>
          </label>
        )}
        <label>
          Priority
          <select
            value={fields.priority}
            onChange={(event) => set({ priority: keyIn(priorities, event.target.value, "none") })}
          >
            <Options labels={priorities} />
          </select>
        </label>
        <label>
          Status
          <select
            value={fields.status}
            onChange={(event) => set({ status: keyIn(statuses, event.target.value, "pending") })}
          >
            <Options labels={statuses} />
          </select>
        </label>
        <label>
          Project
          <select value={fields.project_id ?? ""} onChange={(event) => set({ project_id: event.target.value || null })}>
            <option value="">None</option>
            <Options labels={Object.fromEntries(choices.map(({ id, name }) => [id, name]))} />
          </select>
        </label>
      </div>
      <TagPicker
        tags={tags}
        chosen={fields.tag_ids}
        onChoose={(id, isChosen) => onFields((last) => choose(last, id, isChosen))}
      />
      <div className={styles.buttons}>
        <button type="submit" className="primary">
          Save
        </button>
        <button type="button" onClick={isChanged ? onDiscard : onClose}>
          {isChanged ? "Discard changes" : "Cancel"}
        </button>
      </div>
    </form>
  )
}
