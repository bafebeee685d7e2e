import { million } from "../support/LargeDataset.ts"
import { planSuite } from "./plans/Suite.ts"

planSuite(million)
