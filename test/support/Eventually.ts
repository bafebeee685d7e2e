import { vi } from "vitest"

/** Repeats a check until it passes, as long as a busy machine may need. */
export const eventually = <A>(check: () => A) => vi.waitFor(check, { timeout: 10_000 })
