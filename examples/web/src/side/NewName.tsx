import { isBlank } from "effect-tasks/client"
import { type FormEvent, useId, useState } from "react"
import { messageFor } from "../data/errors.ts"
import styles from "./Sidebar.module.css"

interface Props {
  readonly label: string
  readonly maxLength: number
  readonly error: Error | null
  readonly onName: (name: string) => Promise<unknown>
}

/** A field for the name of a new project or tag. The text stays until it is saved. */
export const NewName = ({ error, label, maxLength, onName }: Props) => {
  const [name, setName] = useState("")
  const [saving, setSaving] = useState<string>()
  const id = useId()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (isBlank(name) || name === saving) return
    setSaving(name)
    // The caller shows `error`.
    await onName(name).then(
      () => setName((last) => (last === name ? "" : last)),
      () => {}
    )
    setSaving((last) => (last === name ? undefined : last))
  }
  return (
    <form className={styles.create} onSubmit={submit}>
      <input
        aria-label={label}
        placeholder={`${label} …`}
        value={name}
        maxLength={maxLength}
        onChange={(event) => setName(event.target.value)}
        aria-describedby={error === null ? undefined : id}
        enterKeyHint="done"
      />
      {error !== null && (
        <p id={id} className={styles.error} role="alert">
          {messageFor(error)}
        </p>
      )}
    </form>
  )
}
