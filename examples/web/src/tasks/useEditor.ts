import type { Task } from "effect-tasks/client"
import { useEffect, useState } from "react"
import { readDraft, writeDraft } from "../data/drafts.ts"
import { changeOf, type Edited, edit } from "./Edited.ts"

type Drafts = Readonly<Record<string, Edited>>

const without = (drafts: Drafts, id: string): Drafts =>
  Object.fromEntries(Object.entries(drafts).filter(([other]) => other !== id))

const isChanged = (edited: Edited) => Object.keys(changeOf(edited)).length > 0

/** The open editor, and the edits that the user has not saved. They survive everything but a save or a discard. */
export const useEditor = (user: string) => {
  const [drafts, setDrafts] = useState<Drafts>(() => readDraft(user, "edits") ?? {})
  const [openId, setOpenId] = useState<string>()
  const edited = openId === undefined ? undefined : drafts[openId]

  useEffect(() => {
    const changed = Object.entries(drafts).filter(([, draft]) => isChanged(draft))
    writeDraft(user, "edits", changed.length === 0 ? undefined : Object.fromEntries(changed))
  }, [drafts, user])

  return {
    /** The task in the open editor. */
    edited,
    hasDraft: (id: string) => id !== openId && drafts[id] !== undefined && isChanged(drafts[id]),
    open: (task: Task) => {
      setDrafts((last) => ({ ...last, [task.id]: last[task.id] ?? edit(task) }))
      setOpenId(task.id)
    },
    change: (draft: Edited) => setDrafts((last) => ({ ...last, [draft.task.id]: draft })),
    /** Closes the editor and keeps what was typed as a draft. */
    close: () => {
      if (edited !== undefined && !isChanged(edited)) setDrafts((last) => without(last, edited.task.id))
      setOpenId(undefined)
    },
    /** Closes the editor and drops what was typed, because it was saved or is not wanted. */
    discard: () => {
      if (edited !== undefined) setDrafts((last) => without(last, edited.task.id))
      setOpenId(undefined)
    }
  }
}

export type Editor = ReturnType<typeof useEditor>
