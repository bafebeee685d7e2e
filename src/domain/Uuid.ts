import { Schema } from "effect"

/** Ids are UUIDs in any version: the service makes version 7, and a client may bring its own. */
export const Uuid = Schema.String.check(Schema.isUUID(undefined, { code: "format", message: "Must be a UUID" }))
