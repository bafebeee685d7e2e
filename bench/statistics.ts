/** Of several rounds: the middle one, and the lowest and the highest. */
export interface Median {
  readonly median: number
  readonly lowest: number
  readonly highest: number
}

export const median = (values: ReadonlyArray<number>): Median => {
  const sorted = values.toSorted((a, b) => a - b)
  const at = (n: number) => sorted[n] ?? Number.NaN
  const middle = (at(Math.floor((sorted.length - 1) / 2)) + at(Math.ceil((sorted.length - 1) / 2))) / 2
  return { median: middle, lowest: at(0), highest: at(sorted.length - 1) }
}

/** Round by round, since what disturbs a round disturbs all who run in it. */
export const ratio = (values: ReadonlyArray<number>, others: ReadonlyArray<number>): Median =>
  median(values.map((value, round) => value / (others[round] ?? Number.NaN)))

/** Half of the way from the lowest to the highest, in hundredths of the median. */
export const spread = ({ highest, lowest, median }: Median) => ((highest - lowest) / 2 / median) * 100

export const quantile = (sorted: ArrayLike<number>, q: number) =>
  sorted[Math.floor((sorted.length - 1) * q)] ?? Number.NaN
