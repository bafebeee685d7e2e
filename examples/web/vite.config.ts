import { fileURLToPath } from "node:url"
import react from "@vitejs/plugin-react"
import { defineConfig } from "vite"

const client = fileURLToPath(new URL("../../src/client/index.ts", import.meta.url))

// Sign-in is served from the page's own origin, so that its cookie is the page's own. Vite passes it on.
const proxy = { "/api/auth": process.env.AUTH_URL ?? "http://127.0.0.1:3001" }

export default defineConfig({
  plugins: [react()],
  // In a project of your own this is the package: see README.md.
  resolve: { alias: { "effect-tasks/client": client } },
  server: { host: "127.0.0.1", strictPort: true, proxy, fs: { allow: ["../.."] } },
  preview: { host: "127.0.0.1", strictPort: true, proxy }
})
