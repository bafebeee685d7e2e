import { defineConfig } from "vitest/config"

// One file after the other: each drives a browser, and machines are small.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "./test/support/globalSetup.ts",
    fileParallelism: false,
    testTimeout: 180_000,
    hookTimeout: 120_000
  }
})
