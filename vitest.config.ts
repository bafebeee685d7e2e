import { configDefaults, defineConfig } from "vitest/config"

export default defineConfig(({ mode }) => ({
  test: {
    include: ["test/**/*.test.ts"],
    // What is large or slow by nature, and of which a smaller case is in the first tier: npm run test:all.
    exclude: mode === "all" ? configDefaults.exclude : [...configDefaults.exclude, "**/*.slow.test.ts"],
    // By default one core is left to Vitest itself, which needs next to nothing.
    maxWorkers: 2,
    globalSetup: "./test/support/globalSetup.ts",
    setupFiles: "./test/support/setup.ts"
  }
}))
