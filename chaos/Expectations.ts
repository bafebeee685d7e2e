import type { Exchange } from "./Balancer.ts"

/** The time in which a scenario ran, by `performance.now`. */
export interface Period {
  readonly start: number
  readonly recovered: number
  readonly end: number
}

/** What the clients saw during a scenario; times in milliseconds. */
interface Figures {
  readonly requests: number
  readonly statuses: ReadonlyMap<number, number>
  /** Refused connections; the balancer sent the request to another process. */
  readonly refused: number
  readonly withoutResponse: number
  readonly slowest: number
  /** The longest time in which no request succeeded. */
  readonly gap: number
  /** The time from the end of the fault to the last failure of a request that started after it. */
  readonly recovery: number
}

/** Returns a message for each figure that is not as promised. */
export type Expectation = (figures: Figures) => ReadonlyArray<string>

const failures = ({ statuses }: Figures) =>
  [...statuses].reduce((sum, [status, count]) => (status < 300 ? sum : sum + count), 0)

export const atMostWithoutResponse =
  (limit: number): Expectation =>
  (figures) => [
    ...(failures(figures) > 0 ? [`${failures(figures)} requests failed`] : []),
    ...(figures.withoutResponse > limit
      ? [`${figures.withoutResponse} requests had no response, at most ${limit} may have none`]
      : []),
    ...(figures.gap > 2_000 ? [`no request succeeded for ${figures.gap} ms`] : [])
  ]

export const noFailures = atMostWithoutResponse(0)

/** While the database is unavailable every request gets a response in time, and requests succeed 2 seconds after. */
export const failsFastAndRecovers: Expectation = ({ recovery, slowest, withoutResponse }) => [
  ...(withoutResponse > 0 ? [`${withoutResponse} requests had no response`] : []),
  // The service promises 3.5 seconds. The rest allows for a busy machine.
  ...(slowest > 5_000 ? [`a response took ${slowest} ms`] : []),
  ...(recovery > 2_000 ? [`requests failed until ${recovery} ms after the end of the fault`] : [])
]

const isSuccess = ({ status }: Exchange) => status !== undefined && status < 300

/** A request belongs to the scenario in which it ended. */
export const figuresOf = ({ end, recovered, start }: Period, all: ReadonlyArray<Exchange>): Figures => {
  const exchanges = all.filter((one) => one.end >= start && one.end < end)
  const statuses = new Map<number, number>()
  for (const { status } of exchanges) if (status !== undefined) statuses.set(status, (statuses.get(status) ?? 0) + 1)
  const successes = [start, ...exchanges.filter(isSuccess).map((one) => one.end), end].toSorted((x, y) => x - y)
  const late = exchanges.filter((one) => !isSuccess(one) && one.start > recovered).map((one) => one.end - recovered)
  return {
    requests: exchanges.length,
    statuses,
    refused: exchanges.reduce((sum, one) => sum + one.refused, 0),
    withoutResponse: exchanges.filter(({ status }) => status === undefined).length,
    slowest: Math.round(Math.max(0, ...exchanges.map((one) => one.end - one.start))),
    gap: Math.round(Math.max(...successes.slice(1).map((time, n) => time - (successes[n] ?? time)))),
    recovery: Math.round(Math.max(0, ...late))
  }
}

/** One line of output for a scenario. */
export const describeFigures = (figures: Figures) => {
  const statuses = [...figures.statuses].toSorted(([x], [y]) => x - y).map(([status, count]) => `${status}: ${count}`)
  return (
    `${figures.requests.toLocaleString("en")} requests (${statuses.join(", ")}), ${figures.refused} refused connections, ` +
    `${figures.withoutResponse} without response, slowest ${figures.slowest} ms, ` +
    `longest time without success ${figures.gap} ms, recovered after ${figures.recovery} ms`
  )
}
