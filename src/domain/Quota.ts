import { RowType } from "./Change.ts"

/** What a user has a limited number of: rows, those in the trash included, and bytes of stored responses. */
export const quotaKinds = [...RowType.literals, "stored_response"] as const
export type QuotaKind = (typeof quotaKinds)[number]

export type Quotas = Readonly<Record<QuotaKind, number>>

export const unlimited = Object.fromEntries(quotaKinds.map((kind) => [kind, Number.MAX_SAFE_INTEGER])) as Quotas
