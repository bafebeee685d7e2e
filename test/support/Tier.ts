import { inject } from "vitest"
import type {} from "./globalSetup.ts"

/** A size for `npm test`, which fails for the same faults as the larger one for `npm run test:all`. */
export const byTier = (first: number, all: number) => (inject("tier") === "all" ? all : first)
