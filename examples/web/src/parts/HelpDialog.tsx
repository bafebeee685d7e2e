import { Dialog } from "./Dialog.tsx"
import styles from "./HelpDialog.module.css"

interface Props {
  readonly hasShortcuts: boolean
  readonly onShortcuts: (on: boolean) => void
  readonly onClose: () => void
}

const everywhere = [
  ["N", "New task"],
  ["/", "Search"],
  ["?", "This help"]
]

const onTask = [
  ["J", "Next task"],
  ["K", "Previous task"],
  ["E", "Edit"],
  ["X", "Complete"],
  ["S", "Add a subtask"],
  ["→ ←", "Show or hide subtasks"],
  ["Alt ↑", "Move up"],
  ["Alt ↓", "Move down"],
  ["Delete", "Move to the trash"]
]

const inEditor = [
  ["Ctrl Enter", "Save"],
  ["Esc", "Close and keep a draft"]
]

const Keys = ({ keys, title }: { readonly title: string; readonly keys: ReadonlyArray<ReadonlyArray<string>> }) => (
  <section className={styles.keys}>
    <h3>{title}</h3>
    <dl>
      {keys.map(([key, does]) => (
        <div key={key}>
          <dt>
            <kbd>{key}</kbd>
          </dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  </section>
)

export const HelpDialog = ({ hasShortcuts, onClose, onShortcuts }: Props) => (
  <Dialog title="Keyboard" onClose={onClose}>
    <Keys title="Anywhere" keys={everywhere} />
    <Keys title="On a task" keys={onTask} />
    <Keys title="While editing" keys={inEditor} />
    <label className={styles.switch}>
      <input type="checkbox" checked={hasShortcuts} onChange={(event) => onShortcuts(event.target.checked)} />
      Single-key shortcuts
    </label>
  </Dialog>
)
