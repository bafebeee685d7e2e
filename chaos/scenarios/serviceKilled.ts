import { Effect } from "effect"
import { atMostWithoutResponse } from "../Expectations.ts"
import type { Scenario } from "../Scenario.ts"
import { clients } from "../WriteLog.ts"

export const serviceKilled: Scenario = {
  name: "A service process is killed and started again",
  inject: ({ services: [service] }) => Effect.andThen(service.kill("SIGKILL"), Effect.sleep("2 seconds")),
  recover: ({ services: [service] }) => service.start,
  // Each client has at most one request in flight.
  expect: atMostWithoutResponse(clients)
}
