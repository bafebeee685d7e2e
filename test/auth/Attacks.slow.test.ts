import { endpoints } from "../support/Guarded.ts"
import { attackSuite } from "./attacks/Suite.ts"

// Every token on every endpoint.
attackSuite(() => endpoints)
