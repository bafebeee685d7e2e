import { Effect } from "effect"
import { failsFastAndRecovers } from "../Expectations.ts"
import type { Scenario } from "../Scenario.ts"

export const connectionsTerminated: Scenario = {
  name: "All database connections are terminated, three times",
  inject: ({ postgres }) => Effect.repeat(Effect.delay(postgres.terminate, "1 second"), { times: 2 }),
  expect: failsFastAndRecovers
}
