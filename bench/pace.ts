import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { setTimeout } from "node:timers/promises"
import { connections, type Outcome } from "./load.ts"
import { quantile } from "./statistics.ts"

/** How many bytes the answer at the beginning of a text has, once it is there as a whole. */
export const lengthOf = (text: string) => {
  const head = text.indexOf("\r\n\r\n")
  if (head < 0) return undefined
  const body = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, head))?.[1]
  const length = head + 4 + Number(body ?? 0)
  return text.length >= length ? length : undefined
}

/**
 * So many requests a second, whether or not those before are answered: wrk and autocannon wait for an
 * answer, so what is slow makes them ask less. A time counts from when the request was due.
 */
export const run = async (
  url: string,
  requests: ReadonlyArray<string>,
  rate: number,
  seconds: number
): Promise<Outcome> => {
  const times: Array<number> = []
  let errors = 0
  const idle: Array<Socket> = []
  const dueOf = new Map<Socket, number>()

  const open = async () => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1")
      .setNoDelay(true)
      .setEncoding("latin1")
    let text = ""
    socket.on("data", (part: string) => {
      text += part
      if (lengthOf(text) === undefined) return
      times.push(performance.now() - (dueOf.get(socket) ?? 0))
      if (!/^HTTP\/1.1 [23]/.test(text)) errors++
      text = ""
      dueOf.delete(socket)
      idle.push(socket)
    })
    socket.on("error", () => {})
    await once(socket, "connect")
    idle.push(socket)
    return socket
  }
  const sockets = await Promise.all(Array.from({ length: connections }, open))

  const count = Math.round(rate * seconds)
  const began = performance.now()
  const dueAt = (n: number) => began + (n * 1000) / rate
  for (let sent = 0; sent < count; ) {
    const socket = dueAt(sent) <= performance.now() ? idle.pop() : undefined
    if (socket === undefined) {
      await setTimeout(1)
      if (sockets.every(({ destroyed }) => destroyed)) break
      continue
    }
    dueOf.set(socket, dueAt(sent))
    socket.write(requests[sent % requests.length] ?? "")
    sent++
  }
  const patience = performance.now() + 5_000
  while (dueOf.size > 0 && performance.now() < patience) await setTimeout(10)
  const elapsed = (performance.now() - began) / 1000
  for (const socket of sockets) socket.destroy()

  const sorted = Float64Array.from(times).sort()
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((q) => quantile(sorted, q))
  errors += count - times.length
  return { requests: times.length, seconds: elapsed, p50: p50 ?? 0, p95: p95 ?? 0, p99: p99 ?? 0, errors }
}
