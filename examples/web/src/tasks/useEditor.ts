import type { Task } from "effect-tasks/client"
import { useEffect, useRef, useState } from "react"
import { readDraft, writeDraft } from "../data/drafts.ts"
import { changeOf, type Edited, edit, type Fields } from "./Edited.ts"

type Drafts = Readonly<Record<string, Edited>>

const without = (drafts: Drafts, id: string): Drafts =>
  Object.fromEntries(Object.entries(drafts).filter(([other]) => other !== id))

const isChanged = (edited: Edited) => Object.keys(changeOf(edited)).length > 0

/** The open editor, and the edits that the user has not saved. They survive everything but a save or a discard. */
export const useEditor = (user: string) => {
  const [drafts, setDrafts] = useState<Drafts>(() => readDraft(user, "edits") ?? {})
  const [openId, setOpenId] = useState<string>()
  const edited = openId === undefined ? undefined : drafts[openId]

  const stored = useRef(drafts)
  useEffect(() => {
    const before = stored.current
    stored.current = drafts
    // Other windows store drafts, too: only those that have changed here are replaced.
    const all: Record<string, Edited> = { ...readDraft(user, "edits") }
    for (const id of Object.keys({ ...before, ...drafts })) {
      const [last, draft] = [before[id], drafts[id]]
      if (last === draft) continue
      if (draft !== undefined && isChanged(draft)) all[id] = draft
      else if (last !== undefined && isChanged(last)) delete all[id]
    }
    writeDraft(user, "edits", Object.keys(all).length === 0 ? undefined : all)
  }, [drafts, user])

  return {
    /** The task in the open editor. */
    edited,
    hasDraft: (id: string) => id !== openId && drafts[id] !== undefined && isChanged(drafts[id]),
    open: (task: Task) => {
      setDrafts((last) => ({ ...last, [task.id]: last[task.id] ?? edit(task) }))
      setOpenId(task.id)
    },
    /** Changes fields of a draft, unless it was saved or discarded meanwhile. */
    change: (id: string, update: (fields: Fields) => Partial<Fields>) =>
      setDrafts((last) => {
        const draft = last[id]
        if (draft === undefined) return last
        return { ...last, [id]: { ...draft, fields: { ...draft.fields, ...update(draft.fields) } } }
      }),
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
