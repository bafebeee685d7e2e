import "@fontsource-variable/instrument-sans"
import "./styles/theme.css"
import "./styles/base.css"
import { StrictMode } from "react"
import { createRoot } from "react-dom/client"
import { App } from "./App.tsx"
import { applyKeptTheme } from "./view/useTheme.ts"

applyKeptTheme()

const root = document.getElementById("root")
if (root === null) throw new Error("The page has no element #root")
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>
)
