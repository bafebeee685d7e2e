import { Context } from "effect"

/** That the work of an endpoint grows with what is sent, or waits for others: it is not done among what is quick. */
export const IsSlow = Context.Reference<boolean>("tasks/api/Pace/IsSlow", { defaultValue: () => false })
