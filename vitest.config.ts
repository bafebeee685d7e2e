import { configDefaults, defineConfig } from "vitest/config"

export default defineConfig(({ mode }) => ({
  test: {
    include: ["test/**/*.test.ts"],
    // What is large or slow by nature, and of which a smaller case is in the first tier: npm run test:all.
    exclude: mode === "all" ? configDefaults.exclude : [...configDefaults.exclude, "**/*.slow.test.ts"],
    // By default one core is left to Vitest itself, which needs next to nothing.
    maxWorkers: 2,
    // They end what never ends. No test depends on them, so that a busy machine fails none.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    globalSetup: "./test/support/globalSetup.ts",
    setupFiles: "./test/support/setup.ts"
  }
}))
