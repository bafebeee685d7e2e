import { enough } from "../support/LargeDataset.ts"
import { planSuite } from "./plans/Suite.ts"

planSuite(enough, enough.big / 4)
