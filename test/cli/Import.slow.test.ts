import { describe, it } from "@effect/vitest"
import { importsAndExports } from "../support/Imports.ts"
import { timeout } from "../support/Process.ts"

describe("tasks import of an export", () => {
  it.live("exports 100,000 tasks as it has imported them", () => importsAndExports({ tasks: 100_000 }), 3 * timeout)
})
