import type { RowType } from "./Change.ts"

/** What a user has a limited number of: rows, those in the trash included, and bytes of stored responses. */
export type QuotaKind = RowType | "stored_response"

export type Quotas = Readonly<Record<QuotaKind, number>>
