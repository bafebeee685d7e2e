import { Effect } from "effect"
import { noFailures } from "../Expectations.ts"
import type { Scenario } from "../Scenario.ts"

export const redisKilled: Scenario = {
  name: "Redis is killed and started again",
  inject: ({ redis }) => Effect.andThen(redis.kill("SIGKILL"), Effect.sleep("2 seconds")),
  recover: ({ redis }) => redis.start,
  expect: noFailures
}
