// The focus must be somewhere after every step: rows are found by their ids, once React has drawn them.

const rowOf = (id: string) => document.getElementById(`task-${id}`)

const later = (action: () => void) => void requestAnimationFrame(() => requestAnimationFrame(action))

export const focusTask = (id: string) => later(() => rowOf(id)?.focus())

/** To where a task was that is about to go: the next one, the one before, or the field for a new one. */
export const focusAfter = (id: string) => {
  const row = rowOf(id)
  const neighbour = row?.nextElementSibling ?? row?.previousElementSibling
  const next = neighbour?.id.startsWith("task-") ? neighbour.id : "new-task"
  later(() => document.getElementById(next)?.focus())
}

/** From one row to the next or the one before. */
export const focusBeside = (id: string, to: "above" | "below") => {
  const row = rowOf(id)
  const beside = to === "above" ? row?.previousElementSibling : row?.nextElementSibling
  if (beside instanceof HTMLElement) beside.focus()
}
