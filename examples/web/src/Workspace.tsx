import type { SyncEnd } from "effect-tasks/client"
import { useSync } from "effect-tasks/react"
import { type KeyboardEvent, useCallback, useEffect, useMemo, useState } from "react"
import { client } from "./data/client.ts"
import { reportStatus, useServiceError } from "./data/serviceStatus.ts"
import { useProjects } from "./data/useProjects.ts"
import { useTags } from "./data/useTags.ts"
import { HelpDialog } from "./parts/HelpDialog.tsx"
import { Icon } from "./parts/Icon.tsx"
import { LiveState } from "./parts/LiveState.tsx"
import { ServiceBanner } from "./parts/ServiceBanner.tsx"
import { Sidebar } from "./side/Sidebar.tsx"
import { TasksPage } from "./tasks/TasksPage.tsx"
import { TrashPage } from "./tasks/TrashPage.tsx"
import { UnsavedChanges } from "./tasks/UnsavedChanges.tsx"
import { titleOf } from "./view/titleOf.ts"
import { useShortcuts, useShortcutsOn } from "./view/useShortcuts.ts"
import { useView } from "./view/useView.ts"
import styles from "./Workspace.module.css"

interface Props {
  readonly user: { readonly id: string; readonly name: string; readonly email: string }
  readonly onSignOut: () => Promise<void>
}

/** Keys that an input method composes a word with, such as Enter and Escape, mean nothing else. */
const leaveToInputMethod = (event: KeyboardEvent) => {
  // In Safari the key that ends a word comes after the composition.
  if (event.nativeEvent.isComposing || event.keyCode === 229) event.stopPropagation()
}

const focus = (id: string) => document.getElementById(id)?.focus()

const onSyncEnd = (end: SyncEnd) => {
  if (end.reason === "signed_out") reportStatus(end.error)
}

/** The page of a signed-in user: the lists at the side, and the chosen one. */
export const Workspace = ({ onSignOut, user }: Props) => {
  const view = useView()
  const projects = useProjects()
  const tags = useTags()
  const serviceError = useServiceError()
  const live = useSync(client, onSyncEnd)
  const [isDrawerOpen, setDrawerOpen] = useState(false)
  const [isHelpOpen, setHelpOpen] = useState(false)
  const [hasShortcuts, setShortcuts] = useShortcutsOn()
  const title = titleOf(view, projects, tags)

  useEffect(() => {
    document.title = `${title} · Tasks`
  }, [title])

  // The drawer closes when the user has chosen a list.
  const place = `${view.page} ${view.project} ${view.tag} ${view.due}`
  const [drawerPlace, setDrawerPlace] = useState(place)
  if (place !== drawerPlace) {
    setDrawerPlace(place)
    setDrawerOpen(false)
  }

  const keys = useMemo(
    () => ({ n: () => focus("new-task"), "/": () => focus("search"), "?": () => setHelpOpen(true) }),
    []
  )
  useShortcuts(hasShortcuts, keys)
  const closeDrawer = useCallback(() => setDrawerOpen(false), [])

  return (
    <div className={styles.workspace} onKeyDownCapture={leaveToInputMethod}>
      <a className="skip" href="#main">
        Skip to the tasks
      </a>
      <Sidebar
        view={view}
        projects={projects}
        tags={tags}
        user={user}
        isOpen={isDrawerOpen}
        onClose={closeDrawer}
        onHelp={() => setHelpOpen(true)}
        onSignOut={onSignOut}
      />
      <main id="main" className={styles.main} tabIndex={-1}>
        <ServiceBanner error={serviceError} />
        <UnsavedChanges projects={projects} tags={tags} />
        <div className={styles.title}>
          <button
            type="button"
            className={`icon ${styles.menu}`}
            aria-label="Lists"
            aria-expanded={isDrawerOpen}
            onClick={() => setDrawerOpen(true)}
          >
            <Icon name="menu" size={22} />
          </button>
          <h1 id="title" tabIndex={-1} dir="auto">
            {title}
          </h1>
          <LiveState state={live} />
        </div>
        {view.page === "trash" ? (
          <TrashPage />
        ) : (
          <TasksPage user={user.id} view={view} projects={projects} tags={tags} hasShortcuts={hasShortcuts} />
        )}
      </main>
      {isHelpOpen && (
        <HelpDialog hasShortcuts={hasShortcuts} onShortcuts={setShortcuts} onClose={() => setHelpOpen(false)} />
      )}
    </div>
  )
}
