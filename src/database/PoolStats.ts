import { Context } from "effect"

/** How busy the connections of one kind are. */
export interface PoolStats {
  /** Running statements and transactions. */
  inUse: number
  /** Those that wait for a connection. */
  waiting: number
}

export const poolNames = ["reads", "writes", "transactions", "heavy"] as const

/** The statistics of each pool, kept up to date. */
export class DatabasePools extends Context.Service<
  DatabasePools,
  Readonly<Record<(typeof poolNames)[number], Readonly<PoolStats>>>
>()("tasks/database/DatabasePools") {}
