import { existsSync } from "node:fs"
import { fileURLToPath } from "node:url"
import react from "@vitejs/plugin-react"
import { defineConfig } from "vite"

const source = (file: string) => fileURLToPath(new URL(`../../src/client/${file}`, import.meta.url))

// The session cookie of Better Auth belongs to the page's origin, so Vite proxies the sign-in.
const proxy = { "/api/auth": process.env.AUTH_URL ?? "http://127.0.0.1:3001" }

export default defineConfig({
  plugins: [react()],
  // Inside of this repository the sources, elsewhere the installed package: see README.md.
  resolve: {
    alias: existsSync(source("index.ts"))
      ? {
          "effect-tasks/client": source("index.ts"),
          "effect-tasks/offline": source("offline/index.ts"),
          "effect-tasks/react": source("react/index.ts")
        }
      : {},
    dedupe: ["react", "react-dom", "@tanstack/react-query", "idb-keyval"]
  },
  server: { host: "127.0.0.1", strictPort: true, proxy, fs: { allow: ["../.."] } },
  preview: { host: "127.0.0.1", strictPort: true, proxy }
})
