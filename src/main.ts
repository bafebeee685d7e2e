import { enableCompileCache } from "node:module"
import { join } from "node:path"

// Node keeps the compiled code for the next start, which takes a sixth less time then, and where the folder cannot be
// written, or other code or another Node wrote it, does without it.
enableCompileCache(join(import.meta.dirname, "../.cache"))

const { run } = await import("./cli/Tasks.ts")
run()
