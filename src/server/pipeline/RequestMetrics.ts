import { Context, Metric } from "effect"

/** Whether metrics are exported. Otherwise requests are not counted. */
export const Metered = Context.Reference<boolean>("tasks/server/Metered", { defaultValue: () => false })

// Other methods share one series, so that clients cannot create series.
const methods = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]

// From a point read to what the time limits allow.
const boundaries = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5]

const seriesOf = (method: string, route: string) => {
  const counters = new Map<number, Metric.Counter<number>>()
  return {
    durations: Metric.histogram("http_server_request_duration_seconds", {
      description: "Response time",
      attributes: { method, route },
      boundaries
    }),
    counterOf: (status: number) => {
      const known = counters.get(status)
      if (known !== undefined) return known
      const made = Metric.counter("http_server_requests_total", {
        description: "Requests by status; 499 if the client closed the connection before the response",
        attributes: { method, route, status: String(status) },
        incremental: true
      })
      counters.set(status, made)
      return made
    }
  }
}

// By route, then by method: made at the first request of each, so that the next ones only count.
const routes = new Map<string, Map<string, ReturnType<typeof seriesOf>>>()

const find = (method: string, route: string) => {
  const known = routes.get(route)?.get(method)
  if (known !== undefined) return known
  const made = seriesOf(method, route)
  const ofRoute = routes.get(route) ?? new Map()
  routes.set(route, ofRoute.set(method, made))
  return made
}

const context = Context.empty()

export const record = (method: string, route: string, status: number, seconds: number) => {
  const { counterOf, durations } = find(methods.includes(method) ? method : "other", route)
  counterOf(status).updateUnsafe(1, context)
  durations.updateUnsafe(seconds, context)
}
