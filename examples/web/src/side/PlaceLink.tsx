import type { ReactNode } from "react"
import { Icon, type IconName } from "../parts/Icon.tsx"
import { visit } from "../view/useView.ts"
import { type View, write } from "../view/View.ts"
import styles from "./Sidebar.module.css"

interface Props {
  readonly to: View
  readonly view: View
  readonly children: string
  readonly icon?: IconName
  readonly color?: string | null
  /** The number of open tasks. */
  readonly count?: number | undefined
  /** A button beside the link. */
  readonly action?: ReactNode
}

const isSamePlace = (a: View, b: View) =>
  a.page === b.page && a.project === b.project && a.tag === b.tag && a.due === b.due

/** A link to a list. It can be opened in another tab. */
export const PlaceLink = ({ action, children, color, count, icon, to, view }: Props) => (
  <li className={styles.place}>
    <a
      href={write(to)}
      title={children}
      aria-current={isSamePlace(to, view) ? "page" : undefined}
      onClick={(event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey) return
        event.preventDefault()
        visit(to)
      }}
    >
      {icon === undefined ? (
        <span className={styles.dot} style={{ background: color ?? undefined }} />
      ) : (
        <Icon name={icon} />
      )}
      <span className={styles.name} dir="auto">
        {children}
      </span>
      {count !== undefined && count > 0 && (
        <span className={styles.count}>
          {count}
          <span className="spoken"> open</span>
        </span>
      )}
    </a>
    {action}
  </li>
)
