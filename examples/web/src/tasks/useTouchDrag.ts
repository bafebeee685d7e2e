import type { Task } from "effect-tasks/client"
import { type RefObject, useEffect, useRef } from "react"
import type { Side } from "./useTaskActions.ts"

const rowAt = ({ clientX, clientY }: PointerEvent) =>
  document.elementFromPoint(clientX, clientY)?.closest<HTMLElement>("li[id^=task-]") ?? undefined

const sideOf = (row: HTMLElement, { clientY }: PointerEvent): Side => {
  const { height, top } = row.getBoundingClientRect()
  return clientY < top + height / 2 ? "above" : "below"
}

/** Moves a task by its handle with a finger: browsers have no drag and drop for touch. */
export const useTouchDrag = (
  handle: RefObject<HTMLElement | null>,
  task: Task,
  canMove: boolean,
  onDrop: (task: Task, to: Side, otherId: string) => void
) => {
  const latest = useRef({ task, onDrop })
  latest.current = { task, onDrop }

  useEffect(() => {
    const element = handle.current
    if (element === null || !canMove) return
    let target: HTMLElement | undefined
    const mark = (row: HTMLElement | undefined, side?: Side) => {
      delete target?.dataset.edge
      target = row
      if (row !== undefined) row.dataset.edge = side
    }
    const start = (event: PointerEvent) => {
      if (event.pointerType !== "touch") return
      element.setPointerCapture(event.pointerId)
      element.addEventListener("pointermove", move)
    }
    const move = (event: PointerEvent) => {
      const row = rowAt(event)
      mark(row, row && sideOf(row, event))
    }
    const end = (event: PointerEvent) => {
      element.removeEventListener("pointermove", move)
      const id = target?.id.replace("task-", "")
      const side = target && sideOf(target, event)
      mark(undefined)
      const { onDrop, task } = latest.current
      if (event.type === "pointerup" && id !== undefined && id !== task.id && side) onDrop(task, side, id)
    }
    element.addEventListener("pointerdown", start)
    element.addEventListener("pointerup", end)
    element.addEventListener("pointercancel", end)
    return () => {
      element.removeEventListener("pointerdown", start)
      element.removeEventListener("pointermove", move)
      element.removeEventListener("pointerup", end)
      element.removeEventListener("pointercancel", end)
    }
  }, [handle, canMove])
}
