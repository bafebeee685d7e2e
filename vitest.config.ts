import { join } from "node:path"
import { configDefaults, defineConfig } from "vitest/config"
import { BaseSequencer, type TestSpecification } from "vitest/node"

// Every test file runs in a process of its own, and most of them compile the same packages.
process.env.NODE_COMPILE_CACHE ??= join(import.meta.dirname, "node_modules/.cache/compiled")

const longest = [
  "Workers",
  "HttpServer",
  "NdjsonImport",
  "Convergence",
  "Migrate",
  "LeastPrivilege",
  "Limits",
  "TaskList",
  "RowsBeforeTheFeed",
  "Plans",
  "DatabaseUnderLoad",
  "Serve",
  "DatabaseUnavailable"
]

/** A clean clone knows no durations yet: a long file must not start last, and leave a core idle. */
class LongestFirst extends BaseSequencer {
  override async sort(files: Array<TestSpecification>) {
    const sorted = await super.sort(files)
    const isLong = ({ moduleId }: TestSpecification) =>
      moduleId.endsWith(".slow.test.ts") || longest.some((name) => moduleId.endsWith(`/${name}.test.ts`))
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))]
  }
}

export default defineConfig(({ mode }) => ({
  test: {
    include: ["test/**/*.test.ts"],
    // What is large or slow by nature, and of which a smaller case is in the first tier: npm run test:all.
    exclude: mode === "all" ? configDefaults.exclude : [...configDefaults.exclude, "**/*.slow.test.ts"],
    // One more than a small machine has cores: many files wait for processes, locks and time limits.
    maxWorkers: 3,
    // Most tests use PGlite too briefly for optimized code: V8 would take longer to generate it than it saves.
    execArgv: ["--liftoff-only"],
    sequence: { sequencer: LongestFirst },
    // They end what never ends. No test depends on them, so that a busy machine fails none.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    globalSetup: "./test/support/globalSetup.ts",
    setupFiles: "./test/support/setup.ts",
    coverage: {
      include: ["src/**"],
      reporter: ["text"],
      provider: "custom",
      customProviderModule: "./test/support/coverage.ts",
      // The baseline. `npm run coverage:update` raises it, never lowers it, and leaves one percent for lines that run
      // only when two events meet.
      thresholds: {
        autoUpdate: mode === "update" && ((covered, baseline) => Math.max(baseline, Math.floor(covered) - 1)),
        lines: 95,
        "src/auth/**": { lines: 99 },
        "src/repositories/**": { lines: 97 },
        "src/server/handlers/{CrudHandlers,Tasks,Trash}.ts": { lines: 99 }
      }
    }
  }
}))
