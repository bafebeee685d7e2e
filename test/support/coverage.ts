import v8 from "@vitest/coverage-v8"

// Workers load this file as well, and need nothing of the provider.
export default {
  ...v8,
  getProvider: async () => new (await import("./CoverageProvider.ts")).CoverageProvider()
}
