import { isBlank, type Tag } from "effect-tasks/client"
import { type KeyboardEvent, useState } from "react"
import { messageFor } from "../data/errors.ts"
import { useCreateTag } from "../data/useTags.ts"
import styles from "./TagPicker.module.css"

interface Props {
  readonly tags: ReadonlyArray<Tag>
  readonly chosen: ReadonlyArray<string>
  readonly onChoose: (id: string, isChosen: boolean) => void
}

/** Check boxes for the tags, and a field for a new one. */
export const TagPicker = ({ chosen, onChoose, tags }: Props) => {
  const [name, setName] = useState("")
  const create = useCreateTag()

  const add = async () => {
    const known = tags.find((tag) => tag.name.toLowerCase() === name.trim().toLowerCase())
    const tag = known ?? (await create.mutateAsync({ name: name.trim() }).catch(() => undefined))
    if (tag === undefined) return
    onChoose(tag.id, true)
    // The user may have typed another one meanwhile.
    setName((last) => (last === name ? "" : last))
  }
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || event.ctrlKey || event.metaKey) return
    event.preventDefault()
    const isSaving = create.isPending && create.variables.name === name.trim()
    if (!isBlank(name) && !isSaving) void add()
  }

  return (
    <fieldset className={styles.tags}>
      <legend className="spoken">Tags</legend>
      {tags.map(({ id, name }) => (
        <label key={id}>
          <input
            type="checkbox"
            checked={chosen.includes(id)}
            onChange={(event) => onChoose(id, event.target.checked)}
          />
          <span>{name}</span>
        </label>
      ))}
      <input
        className={styles.name}
        aria-label="New tag for this task"
        placeholder="Add a tag …"
        value={name}
        maxLength={50}
        onChange={(event) => setName(event.target.value)}
        onKeyDown={press}
      />
      {create.error !== null && (
        <p className={styles.error} role="alert">
          {messageFor(create.error)}
        </p>
      )}
    </fieldset>
  )
}
