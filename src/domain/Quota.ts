/** What a user has a limited number of: rows, those in the trash included, and bytes of stored responses. */
export type QuotaKind = "task" | "project" | "tag" | "stored_response"

export type Quotas = Readonly<Record<QuotaKind, number>>
