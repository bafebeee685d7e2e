import { Effect } from "effect"
import { noFailures } from "../Expectations.ts"
import type { Scenario } from "../Scenario.ts"

export const rollingRestart: Scenario = {
  name: "Both service processes are restarted, one after the other",
  inject: ({ services }) =>
    Effect.forEach(services, (service) => Effect.andThen(service.kill("SIGTERM"), service.start)),
  expect: noFailures
}
