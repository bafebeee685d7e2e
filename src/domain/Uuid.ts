import { Schema } from "effect"
import { named } from "./Description.ts"

/** An id: a UUID of any version. The server generates version 7; a client may send its own when it creates a row. */
export const Uuid = Schema.String.check(Schema.isUUID(undefined, { code: "format", message: "Must be a UUID" })).pipe(
  named("Uuid", "A UUID. The server generates version 7.", "019c2f7e-5b1a-7c3e-9d42-6f0a1b2c3d4e")
)
