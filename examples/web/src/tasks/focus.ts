const afterRender = (action: () => void) => void requestAnimationFrame(() => requestAnimationFrame(action))

/** Focuses an element that React is about to render, unless the user has chosen another one meanwhile. */
export const focusField = (id: string) => {
  const before = document.activeElement
  afterRender(() => {
    const now = document.activeElement
    if (now === before || now === document.body) document.getElementById(id)?.focus()
  })
}

export const focusTask = (id: string) => focusField(`task-${id}`)

const rowsIn = (parent: ParentNode) => Array.from(parent.querySelectorAll<HTMLElement>('li[id^="task-"]'))

/** Moves focus to the next or the previous row, of whichever level. */
export const focusBeside = (id: string, to: "above" | "below") => {
  const rows = rowsIn(document)
  const at = rows.findIndex((row) => row.id === `task-${id}`)
  rows[to === "above" ? at - 1 : at + 1]?.focus()
}

/**
 * The ref of a list. A focused row that leaves the list, here or in another window, would take focus along: it goes to
 * the next row, the previous one, or the field for a new task. An element that the user has chosen meanwhile keeps it.
 */
export const keepFocus = (list: HTMLElement | null) => {
  if (list === null) return
  let rows: ReadonlyArray<HTMLElement> = []
  let focused: HTMLElement | undefined
  const remember = () => {
    rows = rowsIn(list)
    focused = rows.find((row) => row.contains(document.activeElement))
  }
  const observer = new MutationObserver(() => {
    if (focused !== undefined && !focused.isConnected && document.activeElement === document.body) {
      const at = rows.indexOf(focused)
      const others = [...rows.slice(at + 1), ...rows.slice(0, at).reverse()]
      const next = others.find((row) => row.isConnected) ?? document.getElementById("new-task")
      next?.focus()
    }
    remember()
  })
  const forget = ({ target }: PointerEvent) => {
    if (target instanceof Node && !list.contains(target)) focused = undefined
  }
  observer.observe(list, { childList: true, subtree: true })
  list.addEventListener("focusin", remember)
  document.addEventListener("pointerdown", forget)
  return () => {
    observer.disconnect()
    document.removeEventListener("pointerdown", forget)
  }
}
