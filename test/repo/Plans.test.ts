import { enough } from "../support/Crowd.ts"
import { planSuite } from "./plans/Suite.ts"

planSuite(enough, enough.big / 5)
