import { Effect } from "effect"
import { failsFastAndRecovers } from "../Expectations.ts"
import type { Scenario } from "../Scenario.ts"

export const postgresKilled: Scenario = {
  name: "PostgreSQL is killed and started again",
  inject: ({ postgres }) => Effect.andThen(postgres.kill, Effect.sleep("2 seconds")),
  recover: ({ postgres }) => postgres.restart,
  expect: failsFastAndRecovers
}
