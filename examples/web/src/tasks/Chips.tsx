import { Icon, type IconName } from "../parts/Icon.tsx"
import styles from "./Chips.module.css"
import type { Span } from "./useQuickAdd.ts"

const icons: Readonly<Record<Span["field"], IconName>> = {
  due: "calendar",
  recurrence: "repeat",
  priority: "flag",
  project_id: "all",
  tag_ids: "tag"
}

interface Props {
  readonly text: string
  readonly spans: ReadonlyArray<Span>
  readonly onRemove: (field: Span["field"]) => void
}

/** What was understood of a text. Pressing a chip leaves its words in the title. */
export const Chips = ({ onRemove, spans, text }: Props) => (
  <fieldset className={styles.chips} aria-label="Understood">
    {spans.map(({ end, field, start }) => (
      <button
        type="button"
        key={`${field} ${start}`}
        aria-label={`Keep “${text.slice(start, end)}” in the title`}
        onClick={() => onRemove(field)}
      >
        <Icon name={icons[field]} size={14} /> {text.slice(start, end)} <Icon name="close" size={14} />
      </button>
    ))}
  </fieldset>
)
