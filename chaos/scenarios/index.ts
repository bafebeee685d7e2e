import type { Scenario } from "../Scenario.ts"
import { connectionFlood } from "./connectionFlood.ts"
import { connectionsTerminated } from "./connectionsTerminated.ts"
import { dumpDuringMigration } from "./dumpDuringMigration.ts"
import { logStalled } from "./logStalled.ts"
import { noFault } from "./noFault.ts"
import { postgresFrozen } from "./postgresFrozen.ts"
import { postgresKilled } from "./postgresKilled.ts"
import { redisKilled } from "./redisKilled.ts"
import { rlsMismatch } from "./rlsMismatch.ts"
import { rollingRestart } from "./rollingRestart.ts"
import { serviceKilled } from "./serviceKilled.ts"

/** In the order in which they run. */
export const scenarios: ReadonlyArray<Scenario> = [
  noFault,
  serviceKilled,
  rollingRestart,
  postgresKilled,
  postgresFrozen,
  connectionsTerminated,
  redisKilled,
  connectionFlood,
  logStalled,
  dumpDuringMigration,
  rlsMismatch
]
