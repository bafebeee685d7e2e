// Keyboard focus must not get lost when a row goes. Rows are found by their ids after React has rendered.

const rowOf = (id: string) => document.getElementById(`task-${id}`)

const afterRender = (action: () => void) => void requestAnimationFrame(() => requestAnimationFrame(action))

export const focusTask = (id: string) => afterRender(() => rowOf(id)?.focus())

export const focusField = (id: string) => afterRender(() => document.getElementById(id)?.focus())

/** Moves focus from a row that goes to the next one, the previous one, or the field for a new task. */
export const focusAfter = (id: string) => {
  const row = rowOf(id)
  const hadFocus = row?.contains(document.activeElement) ?? false
  const neighbor = row?.nextElementSibling ?? row?.previousElementSibling
  const next = neighbor?.id.startsWith("task-") ? neighbor.id : "new-task"
  afterRender(() => {
    if (hadFocus && rowOf(id) === null) document.getElementById(next)?.focus()
  })
}

/** Moves focus to the next or the previous row, of whichever level. */
export const focusBeside = (id: string, to: "above" | "below") => {
  const rows = Array.from(document.querySelectorAll<HTMLElement>('li[id^="task-"]'))
  const at = rows.findIndex((row) => row.id === `task-${id}`)
  rows[to === "above" ? at - 1 : at + 1]?.focus()
}
