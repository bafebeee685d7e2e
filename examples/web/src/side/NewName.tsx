import { type FormEvent, useId, useState } from "react"
import { wordsFor } from "../data/faults.ts"
import styles from "./Sidebar.module.css"

interface Props {
  readonly label: string
  readonly maxLength: number
  readonly error: Error | null
  readonly onName: (name: string) => Promise<unknown>
}

/** A field for the name of something new. What was typed stays until it is there. */
export const NewName = ({ error, label, maxLength, onName }: Props) => {
  const [name, setName] = useState("")
  const id = useId()
  const submit = async (event: FormEvent) => {
    event.preventDefault()
    if (name.trim() === "") return
    // What went wrong is in `error`.
    await onName(name).then(
      () => setName(""),
      () => {}
    )
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
        <p id={id} className={styles.fault} role="alert">
          {wordsFor(error)}
        </p>
      )}
    </form>
  )
}
