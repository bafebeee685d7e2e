import { combine } from "@atlaskit/pragmatic-drag-and-drop/combine"
import { draggable, dropTargetForElements } from "@atlaskit/pragmatic-drag-and-drop/element/adapter"
import type { Task } from "effect-tasks/client"
import { type RefObject, useEffect, useRef, useState } from "react"
import type { Side } from "./useTaskActions.ts"

const kind = Symbol("task")

const taskIn = (data: Record<string | symbol, unknown>) => data[kind] as Task | undefined

/** Makes a row draggable by its handle, and a place above or below which other rows can be dropped. */
export const useDragOrder = (
  row: RefObject<HTMLElement | null>,
  grip: RefObject<HTMLElement | null>,
  task: Task,
  canMove: boolean,
  onDrop: (task: Task, to: Side, otherId: string) => void
) => {
  const [edge, setEdge] = useState<Side>()
  const [isDragged, setDragged] = useState(false)
  const latest = useRef({ task, onDrop })
  latest.current = { task, onDrop }

  useEffect(() => {
    const element = row.current
    const dragHandle = grip.current
    if (element === null || dragHandle === null || !canMove) return
    const edgeAt = (clientY: number): Side => {
      const { height, top } = element.getBoundingClientRect()
      return clientY < top + height / 2 ? "above" : "below"
    }
    return combine(
      draggable({
        element,
        dragHandle,
        getInitialData: () => ({ [kind]: latest.current.task }),
        onDragStart: () => setDragged(true),
        onDrop: () => setDragged(false)
      }),
      dropTargetForElements({
        element,
        canDrop: ({ source }) => (taskIn(source.data)?.id ?? latest.current.task.id) !== latest.current.task.id,
        onDrag: ({ location }) => setEdge(edgeAt(location.current.input.clientY)),
        onDragLeave: () => setEdge(undefined),
        onDrop: ({ location, source }) => {
          setEdge(undefined)
          const dragged = taskIn(source.data)
          if (dragged !== undefined) {
            latest.current.onDrop(dragged, edgeAt(location.current.input.clientY), latest.current.task.id)
          }
        }
      })
    )
  }, [row, grip, canMove])

  return { edge, isDragged }
}
