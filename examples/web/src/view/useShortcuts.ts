import { useEffect, useState } from "react"
import { readText, writeText } from "../data/deviceStorage.ts"
import { textFields } from "./focus.ts"

const name = "shortcuts"

const isTyping = (target: EventTarget | null) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches(`${textFields}, select`))

/** Single keys can be in the way of speech input, so they can be turned off (WCAG 2.1.4). */
export const useShortcutsOn = () => {
  const [isOn, setOn] = useState(() => readText(name) !== "off")
  const choose = (on: boolean) => {
    writeText(name, on ? "on" : "off")
    setOn(on)
  }
  return [isOn, choose] as const
}

/** Single keys for the whole page, outside of fields and dialogs. */
export const useShortcuts = (isOn: boolean, keys: Readonly<Record<string, () => void>>) => {
  useEffect(() => {
    if (!isOn) return
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return
      if (document.querySelector("dialog[open]") !== null) return
      const action = keys[event.key]
      if (action === undefined) return
      event.preventDefault()
      action()
    }
    window.addEventListener("keydown", press)
    return () => window.removeEventListener("keydown", press)
  }, [isOn, keys])
}
