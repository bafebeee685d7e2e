import { Schema } from "effect"

/** A colour as CSS has it, in one spelling: `#rrggbb` in small letters. */
export const Color = Schema.String.check(
  Schema.isPattern(/^#[0-9a-f]{6}$/, { code: "format", message: "Must be a colour like #3b82f6" })
)
