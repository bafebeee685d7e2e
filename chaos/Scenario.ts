import type { Seen } from "./Balancer.ts"

/** A stretch of the drill. What was away is back at `returned`. */
export interface Phase {
  readonly name: string
  readonly promise: Promise
  readonly start: number
  readonly returned: number
  readonly end: number
}

interface Figures {
  readonly requests: number
  readonly statuses: ReadonlyMap<number, number>
  /** Connections that nobody took; the request went to the other process. */
  readonly refused: number
  /** Requests without an answer. */
  readonly cut: number
  readonly slowest: number
  /** The longest time in which no request succeeded. */
  readonly gap: number
  /** How long after the return a request that began after it was still refused. */
  readonly recovery: number
}

/** What the figures of a phase must be: one sentence for each that is not. */
export type Promise = (figures: Figures) => ReadonlyArray<string>

const failed = ({ statuses }: Figures) =>
  [...statuses].reduce((sum, [status, times]) => (status < 300 ? sum : sum + times), 0)

export const someAreCut =
  (clients: number): Promise =>
  (figures) => [
    ...(failed(figures) > 0 ? [`${failed(figures)} requests failed`] : []),
    ...(figures.cut > clients ? [`${figures.cut} requests had no answer, of ${clients} clients`] : []),
    ...(figures.gap > 2_000 ? [`nothing succeeded for ${figures.gap} ms`] : [])
  ]

export const nobodyNotices = someAreCut(0)

/** The database was away: refused in time meanwhile, and found again within two seconds. */
export const back: Promise = ({ cut, recovery, slowest }) => [
  ...(cut > 0 ? [`${cut} requests had no answer`] : []),
  // Promised are 3.5 s; the rest is for a machine that has more to do.
  ...(slowest > 5_000 ? [`an answer took ${slowest} ms`] : []),
  ...(recovery > 2_000 ? [`requests failed until ${recovery} ms after the return`] : [])
]

const isSuccess = ({ status }: Seen) => status !== undefined && status < 300

const whole = (milliseconds: number) => Math.round(milliseconds)

/** A request belongs to the phase in which it ended. */
export const judge = ({ end, name, promise, returned, start }: Phase, all: ReadonlyArray<Seen>) => {
  const seen = all.filter((one) => one.end >= start && one.end < end)
  const statuses = new Map<number, number>()
  for (const { status } of seen) if (status !== undefined) statuses.set(status, (statuses.get(status) ?? 0) + 1)
  const marks = [start, ...seen.filter(isSuccess).map((one) => one.end), end].toSorted((x, y) => x - y)
  const late = seen.filter((one) => !isSuccess(one) && one.start > returned).map((one) => one.end - returned)
  const figures: Figures = {
    requests: seen.length,
    statuses,
    refused: seen.reduce((sum, one) => sum + one.refused, 0),
    cut: seen.filter(({ status }) => status === undefined).length,
    slowest: whole(Math.max(0, ...seen.map((one) => one.end - one.start))),
    gap: whole(Math.max(...marks.slice(1).map((mark, n) => mark - (marks[n] ?? mark)))),
    recovery: whole(Math.max(0, ...late))
  }
  return { name, ...figures, broken: promise(figures) }
}

export const table = (rows: ReadonlyArray<ReturnType<typeof judge>>) =>
  [
    "| What happened | Requests | By status | Refused, went to the other | No answer | Slowest, ms | Longest gap, ms | Back after, ms |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ...rows.map(({ cut, gap, name, recovery, refused, requests, slowest, statuses }) => {
      const byStatus = [...statuses].toSorted(([x], [y]) => x - y).map(([status, times]) => `${status}: ${times}`)
      return `| ${[name, requests, byStatus.join(", "), refused, cut, slowest, gap, recovery].join(" | ")} |`
    })
  ].join("\n")
