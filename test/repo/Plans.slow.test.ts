import { million } from "../support/Crowd.ts"
import { planSuite } from "./plans/Suite.ts"

planSuite(million)
