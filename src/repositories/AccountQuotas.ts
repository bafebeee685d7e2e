import { Context, Effect, Metric } from "effect"
import { QuotaExceeded } from "../domain/Errors.ts"
import { type QuotaKind, type Quotas, quotaKinds, unlimited } from "../domain/Quota.ts"

/** The maximum amounts of one user. */
export const AccountQuotas = Context.Reference<Quotas>("tasks/repositories/AccountQuotas", {
  defaultValue: () => unlimited
})

/** The owner's usage, in SQL. Triggers count it in `account_usage`, so the cost does not depend on the number of rows. */
export const usage = (kind: QuotaKind) =>
  `coalesce((select amount from account_usage where user_id = $1 and kind = '${kind}'), 0)`

const refusals = Metric.counter("quota_rejected_writes_total", {
  description: "Writes rejected because the user has reached a quota",
  incremental: true
})

const refusalsOf = (kind: QuotaKind) => Metric.withAttributes(refusals, { quota: kind })

// A counter that first appears with 1 is no increase to Prometheus.
for (const kind of quotaKinds) refusalsOf(kind).updateUnsafe(0, Context.empty())

/** Fails with `QuotaExceeded`, and counts that in the metrics. */
export const refuse = (kind: QuotaKind, limit: number) =>
  Effect.andThen(Metric.update(refusalsOf(kind), 1), Effect.fail(new QuotaExceeded({ kind, limit })))
