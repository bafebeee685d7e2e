import { Effect } from "effect"
import { noFailures } from "../Expectations.ts"
import type { Scenario } from "../Scenario.ts"

export const noFault: Scenario = {
  name: "No fault",
  inject: () => Effect.sleep("2 seconds"),
  expect: noFailures
}
