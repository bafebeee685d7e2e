import { isBlank, type Project, type Tag } from "effect-tasks/client"
import { type FormEvent, useState } from "react"
import { messageFor } from "../data/errors.ts"
import { Dialog } from "../parts/Dialog.tsx"
import styles from "./EditDialog.module.css"

/** What the user changed. Other fields may have changed on another device meanwhile. */
export interface Changes {
  readonly name?: string
  readonly color?: string | null
  readonly archived?: boolean
}

interface Props {
  readonly kind: "project" | "tag"
  readonly row: Project | Tag
  readonly maxLength: number
  readonly onSave: (changes: Changes) => Promise<unknown>
  readonly onDelete: () => void
  readonly onClose: () => void
}

/** Renames, recolors, archives or deletes a project or a tag. */
export const EditDialog = ({ kind, maxLength, onClose, onDelete, onSave, row }: Props) => {
  const [seen] = useState(row)
  const [name, setName] = useState(row.name)
  const [color, setColor] = useState(row.color)
  const [message, setMessage] = useState<string>()
  const save = async (changes: Changes) => {
    try {
      await onSave(changes)
      onClose()
    } catch (error) {
      setMessage(messageFor(error))
    }
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (isBlank(name)) return
    const changes = { ...(name.trim() !== seen.name && { name: name.trim() }), ...(color !== seen.color && { color }) }
    if (Object.keys(changes).length === 0) onClose()
    else void save(changes)
  }
  return (
    <Dialog title={`Edit ${kind}`} onClose={onClose}>
      <form className={styles.form} onSubmit={submit}>
        <label>
          Name
          <input
            dir="auto"
            required
            maxLength={maxLength}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </label>
        <label>
          Color
          <input type="color" value={color ?? "#6b7280"} onChange={(event) => setColor(event.target.value)} />
        </label>
        {message !== undefined && (
          <p className={styles.error} role="alert">
            {message}
          </p>
        )}
        <div className={styles.buttons}>
          <button type="submit" className="primary">
            Save
          </button>
          {"archived" in row && (
            <button type="button" onClick={() => void save({ archived: !row.archived })}>
              {row.archived ? "Unarchive" : "Archive"}
            </button>
          )}
          <button type="button" onClick={onDelete}>
            Delete
          </button>
        </div>
      </form>
    </Dialog>
  )
}
