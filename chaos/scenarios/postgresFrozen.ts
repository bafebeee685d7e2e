import { Effect } from "effect"
import { failsFastAndRecovers } from "../Expectations.ts"
import type { Scenario } from "../Scenario.ts"

export const postgresFrozen: Scenario = {
  name: "PostgreSQL is frozen for 5 seconds",
  inject: ({ postgres }) => Effect.andThen(postgres.pause, Effect.sleep("5 seconds")),
  recover: ({ postgres }) => postgres.resume,
  expect: failsFastAndRecovers
}
