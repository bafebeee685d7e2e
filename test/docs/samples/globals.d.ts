import type { betterAuth } from "better-auth"

// What the samples use and a reader has already.
declare global {
  const database: NonNullable<Parameters<typeof betterAuth>[0]["database"]>
  const api: string
  const baseURL: string
}
