import { useState } from "react"
import { readText, writeText } from "../data/deviceStorage.ts"

export const themes = ["system", "light", "dark"] as const
export type Theme = (typeof themes)[number]

const name = "theme"

const kept = (): Theme => themes.find((theme) => theme === readText(name)) ?? "system"

/** The stylesheet follows the system unless the root says otherwise. */
const apply = (theme: Theme) => {
  if (theme === "system") delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = theme
}

/** Before the first paint, or the page would flash. */
export const applyKeptTheme = () => apply(kept())

export const useTheme = () => {
  const [theme, setTheme] = useState(kept)
  const choose = (next: Theme) => {
    writeText(name, next)
    apply(next)
    setTheme(next)
  }
  return [theme, choose] as const
}
