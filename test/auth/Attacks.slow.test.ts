import { protectedEndpoints } from "../support/ProtectedEndpoints.ts"
import { attackSuite } from "./attacks/Suite.ts"

// Every token on every endpoint.
attackSuite(() => protectedEndpoints)
