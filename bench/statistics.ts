/** The median of several values, and the quartiles below and above it. */
export interface Quartiles {
  readonly median: number
  readonly low: number
  readonly high: number
}

export const quantile = (sorted: ArrayLike<number>, q: number) =>
  sorted[Math.floor((sorted.length - 1) * q)] ?? Number.NaN

export const quartiles = (values: ReadonlyArray<number>): Quartiles => {
  const sorted = values.toSorted((a, b) => a - b)
  return { median: quantile(sorted, 0.5), low: quantile(sorted, 0.25), high: quantile(sorted, 0.75) }
}

/** Divides values that were measured at the same time: a disturbance of the machine affects both. */
export const ratios = (values: ReadonlyArray<number>, others: ReadonlyArray<number>): Quartiles =>
  quartiles(values.map((value, n) => value / (others[n] ?? Number.NaN)))
