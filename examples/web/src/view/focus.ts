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

/** Moves focus to the next or the previous row, of whichever level. */
export const focusBeside = (id: string, to: "above" | "below") => {
  const rows = Array.from(document.querySelectorAll<HTMLElement>('li[id^="task-"]'))
  const at = rows.findIndex((row) => row.id === `task-${id}`)
  rows[to === "above" ? at - 1 : at + 1]?.focus()
}

export const textFields = "textarea, input:not([type=checkbox], [type=radio])"
const focusable = `a[href], button, summary, select, input, ${textFields}, [tabindex]:not(main)`
const row = "li[tabindex]"

const ancestorsOf = ({ parentElement }: Element): ReadonlyArray<Element> =>
  parentElement === null ? [] : [parentElement, ...ancestorsOf(parentElement)]

/**
 * An element that leaves the page, here or by a change in another window, would take the focus along. It goes to the next
 * or the previous element of the same list or form, else to the one before it on the page or to the heading. An element
 * that the user has chosen meanwhile keeps it. Returns a function that ends this.
 */
export const keepFocus = () => {
  let focused: HTMLElement | undefined
  let order: ReadonlyArray<HTMLElement> = []
  let path: ReadonlyArray<Element> = []
  let recent: ReadonlyArray<HTMLElement> = []

  const remember = () => {
    const { activeElement } = document
    if (!(activeElement instanceof HTMLElement) || activeElement === document.body) return
    focused = activeElement
    order = Array.from(document.querySelectorAll<HTMLElement>(focusable))
    path = ancestorsOf(activeElement)
    if (recent[0] !== activeElement) recent = [activeElement, ...recent.slice(0, 20)]
  }
  const isLost = () => focused?.isConnected === false && document.activeElement === document.body

  const restore = () => {
    if (focused === undefined || !isLost()) return
    const at = order.indexOf(focused)
    const before = order.slice(0, Math.max(at, 0)).reverse()
    const after = order.slice(at + 1)
    /** The elements in the nearest of these ancestors first. */
    const inside = (selector: string, elements: ReadonlyArray<HTMLElement>) =>
      path
        .filter((ancestor) => ancestor.isConnected && ancestor.matches(selector))
        .flatMap((ancestor) => elements.filter((element) => ancestor.contains(element)))
    const isInList =
      focused.closest(row) !== null && path.some((ancestor) => ancestor.isConnected && ancestor.matches("ul"))
    const newTask = isInList ? document.getElementById("new-task") : null
    const candidates = [
      ...inside("ul, section, form, dialog", [...after, ...before]),
      ...(newTask ? [newTask] : []),
      ...inside("main, aside, dialog", [...before, ...after]),
      ...recent.filter((element) => element.isConnected),
      ...document.querySelectorAll("h1")
    ]
    for (const candidate of candidates) {
      // On a phone, a text field would open the keyboard.
      if (candidate !== newTask && candidate.matches(textFields)) continue
      ;(candidate.closest<HTMLElement>(row) ?? candidate).focus()
      if (!isLost()) return
    }
  }

  const observer = new MutationObserver(() => {
    // An action may focus an element of its own after the render.
    if (isLost()) afterRender(restore)
    else remember()
  })
  const forget = ({ target }: PointerEvent) => {
    if (target instanceof Node && !focused?.contains(target)) focused = undefined
  }
  observer.observe(document.body, { childList: true, subtree: true })
  document.addEventListener("focusin", remember)
  document.addEventListener("pointerdown", forget)
  return () => {
    observer.disconnect()
    document.removeEventListener("focusin", remember)
    document.removeEventListener("pointerdown", forget)
  }
}
