import type { Project, Tag } from "effect-tasks/client"
import { useEffect } from "react"
import { Icon, Logo } from "../parts/Icon.tsx"
import { useIsNarrow } from "../view/useIsNarrow.ts"
import { home, type View } from "../view/View.ts"
import { Account } from "./Account.tsx"
import { Count } from "./Count.tsx"
import { Drawer } from "./Drawer.tsx"
import { PlaceLink } from "./PlaceLink.tsx"
import { Projects } from "./Projects.tsx"
import styles from "./Sidebar.module.css"
import { Tags } from "./Tags.tsx"

interface Props {
  readonly view: View
  readonly projects: ReadonlyArray<Project>
  readonly tags: ReadonlyArray<Tag>
  readonly user: { readonly name: string; readonly email: string }
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly onHelp: () => void
  readonly onSignOut: () => Promise<void>
}

const today: View = { ...home, due: "today", sort: "due_at" }

/** The lists, beside the tasks or in a drawer on narrow screens. */
export const Sidebar = ({ isOpen, onClose, onHelp, onSignOut, projects, tags, user, view }: Props) => {
  const isNarrow = useIsNarrow()
  // The drawer does not open by itself when the screen is narrow again.
  useEffect(() => {
    if (isOpen && !isNarrow) onClose()
  }, [isOpen, isNarrow, onClose])
  const content = (
    <>
      <div className={styles.brand}>
        <Logo />
        <span>Tasks</span>
        {isNarrow && (
          <button type="button" className="icon" aria-label="Close the lists" onClick={onClose}>
            <Icon name="close" />
          </button>
        )}
      </div>
      <nav aria-label="Lists">
        <ul>
          <Count of={home}>
            {(count) => (
              <PlaceLink to={home} view={view} icon="all" count={count}>
                All tasks
              </PlaceLink>
            )}
          </Count>
          <Count of={today}>
            {(count) => (
              <PlaceLink to={today} view={view} icon="calendar" count={count}>
                Due today
              </PlaceLink>
            )}
          </Count>
          <PlaceLink to={{ ...home, due: "upcoming", sort: "due_at" }} view={view} icon="upcoming">
            Upcoming
          </PlaceLink>
          <PlaceLink to={{ ...home, project: "none" }} view={view} icon="none">
            No project
          </PlaceLink>
          <PlaceLink to={{ ...home, page: "trash" }} view={view} icon="trash">
            Trash
          </PlaceLink>
        </ul>
        <Projects projects={projects} view={view} />
        <Tags tags={tags} view={view} />
      </nav>
      <Account user={user} onHelp={onHelp} onSignOut={onSignOut} />
    </>
  )
  if (!isNarrow) {
    return (
      <aside className={styles.side} aria-label="Lists and account">
        {content}
      </aside>
    )
  }
  return isOpen && <Drawer onClose={onClose}>{content}</Drawer>
}
