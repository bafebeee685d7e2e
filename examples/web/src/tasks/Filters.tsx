import type { Tag } from "effect-tasks/client"
import { useEffect, useRef, useState } from "react"
import { Icon } from "../parts/Icon.tsx"
import { Options } from "../parts/Options.tsx"
import { show } from "../view/useView.ts"
import type { View } from "../view/View.ts"
import styles from "./Filters.module.css"
import { keyIn, priorities } from "./labels.ts"

interface Props {
  readonly view: View
  readonly tags: ReadonlyArray<Tag>
}

const statuses = [
  ["open", "Open"],
  ["done", "Done"],
  ["all", "All"]
] as const

const sorts = {
  position: "My order",
  due_at: "Due date",
  priority: "Priority",
  created_at: "Newest",
  title: "Title"
}

/** Searches after a pause in typing. */
const Search = ({ view }: { readonly view: View }) => {
  const q = view.q ?? ""
  const [text, setText] = useState(q)
  // The user may type on before the address has what was searched for.
  const searched = useRef(q)
  useEffect(() => {
    if (q !== searched.current) setText(q)
    searched.current = q
  }, [q])
  useEffect(() => {
    if (text === q) return
    const search = () => {
      searched.current = text
      show({ ...view, q: text || undefined }, { replace: true })
    }
    const timer = setTimeout(search, 250)
    return () => clearTimeout(timer)
  }, [text, q, view])
  return (
    <search className={styles.search}>
      <Icon name="search" />
      <input
        id="search"
        type="search"
        aria-label="Search titles and descriptions"
        placeholder="Search"
        value={text}
        maxLength={200}
        onChange={(event) => setText(event.target.value)}
      />
    </search>
  )
}

export const Filters = ({ tags, view }: Props) => (
  <div className={styles.filters}>
    <Search view={view} />
    <div className={styles.choices}>
      <fieldset className={styles.status}>
        <legend className="spoken">Show</legend>
        {statuses.map(([status, label]) => (
          <label key={status}>
            <input
              type="radio"
              name="status"
              checked={view.status === status}
              onChange={() => show({ ...view, status })}
            />
            <span>{label}</span>
          </label>
        ))}
      </fieldset>
      <select
        aria-label="Filter by priority"
        value={view.priority ?? ""}
        onChange={({ target: { value } }) =>
          show({ ...view, priority: value === "" ? undefined : keyIn(priorities, value, "none") })
        }
      >
        <option value="">Any priority</option>
        <Options labels={priorities} />
      </select>
      {tags.length > 0 && (
        <select
          aria-label="Filter by tag"
          value={view.tag ?? ""}
          onChange={({ target: { value } }) => show({ ...view, tag: value || undefined })}
        >
          <option value="">Any tag</option>
          <Options labels={Object.fromEntries(tags.map(({ id, name }) => [id, name]))} />
        </select>
      )}
      <select
        aria-label="Order"
        value={view.sort}
        onChange={({ target: { value } }) => show({ ...view, sort: keyIn(sorts, value, "position") })}
      >
        <Options labels={sorts} />
      </select>
    </div>
  </div>
)
