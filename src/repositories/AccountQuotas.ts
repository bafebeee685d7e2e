import { Context, Effect, Metric } from "effect"
import { QuotaExceeded } from "../domain/Errors.ts"
import { type QuotaKind, type Quotas, unlimited } from "../domain/Quota.ts"

/** How much one user may have. */
export const AccountQuotas = Context.Reference<Quotas>("tasks/repositories/AccountQuotas", {
  defaultValue: () => unlimited
})

/** How much the owner has, in SQL. `account_usage` counts it, so that it takes the same time for any amount. */
export const usage = (kind: QuotaKind) =>
  `coalesce((select amount from account_usage where user_id = $1 and kind = '${kind}'), 0)`

const refusals = Metric.counter("quota_rejected_writes_total", {
  description: "Writes rejected because the user has reached a quota",
  incremental: true
})

/** Fails because of a quota, and counts that. */
export const refuse = (kind: QuotaKind, limit: number) =>
  Effect.andThen(
    Metric.update(Metric.withAttributes(refusals, { quota: kind }), 1),
    Effect.fail(new QuotaExceeded({ kind, limit }))
  )
