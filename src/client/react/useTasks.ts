"use client"

import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query"
import { useMemo, useSyncExternalStore } from "react"
import { applyWrite, type Outbox, type OutboxEntry, type TaskWrite, undoOf } from "../outbox/index.ts"
import type { Task, TaskQuery } from "../Types.ts"
import type { Queries } from "./queries.ts"

/** The unconfirmed writes of an outbox. The component renders again when they change. */
export const useOutbox = (outbox: Outbox): ReadonlyArray<OutboxEntry> =>
  useSyncExternalStore(outbox.subscribe, outbox.entries, outbox.entries)

/** A list of tasks, page by page, with the unconfirmed writes applied: `tasks` shows what the user did at once. */
export const useTasks = (queries: Queries, outbox: Outbox, query: TaskQuery) => {
  // A list shows its former tasks while the next query loads.
  const list = useInfiniteQuery({ ...queries.tasks(query), placeholderData: keepPreviousData })
  const entries = useOutbox(outbox)
  const { data } = list
  // The query may be another object in each render, and the array a dependency of effects.
  const key = JSON.stringify(query)
  const tasks = useMemo(() => {
    const shownQuery: TaskQuery = JSON.parse(key)
    // A row that moves between two requests is on both pages.
    const rows = new Map(data?.pages.flatMap(({ items }) => items.map((task) => [task.id, task] as const)))
    const start: ReadonlyArray<Task> = [...rows.values()]
    return entries.reduce((shown, { write }) => applyWrite(shown, write, shownQuery), start)
  }, [data, entries, key])
  return { ...list, tasks }
}

export const writeTo =
  (outbox: Outbox) =>
  (write: TaskWrite): { readonly key: string; readonly undo: () => void } => {
    const key = outbox.add(write)
    let isUndone = false
    const undo = () => {
      if (isUndone) return
      isUndone = true
      const reverse = undoOf(write)
      const { error, status } = outbox.entries().find((entry) => entry.key === key) ?? {}
      // What was not sent, or was refused, needs no request to reverse it.
      if (status === "conflict") outbox.resolve(key, "saved")
      else if (status === "failed" || (status === "waiting" && error === undefined)) outbox.discard(key)
      else if (reverse !== undefined) outbox.add(reverse)
    }
    return { key, undo }
  }

/** A function that queues a write, and returns one that reverses it. */
export const useWrite = (outbox: Outbox) => useMemo(() => writeTo(outbox), [outbox])
