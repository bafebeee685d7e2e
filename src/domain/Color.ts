import { Schema } from "effect"

/** A color as CSS writes it, in one spelling: `#rrggbb` in lower case. */
export const Color = Schema.String.check(
  Schema.isPattern(/^#[0-9a-f]{6}$/, {
    code: "format",
    message: "Must be a color like #3b82f6",
    toJsonSchema: () => ({ pattern: "^#[0-9a-f]{6}$" })
  })
)
