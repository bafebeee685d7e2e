import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { cpuSeconds } from "./machine.ts"
import type { Process } from "./processes.ts"

/** One turn of one process. */
export interface Turn {
  readonly requests: number
  readonly seconds: number
  readonly cpuSeconds: number
  /** Milliseconds. */
  readonly latencies: ReadonlyArray<number>
}

export interface Load {
  readonly connections: number
  readonly milliseconds: number
  /** Requests per second, sent whether or not earlier ones were answered. Without it each connection always waits for a response. */
  readonly rate?: number
}

const isComplete = (response: string) => {
  const head = response.indexOf("\r\n\r\n")
  if (head < 0) return false
  const body = /\r\ncontent-length: (\d+)/i.exec(response.slice(0, head))?.[1]
  return response.length >= head + 4 + Number(body ?? 0)
}

/** Keep-alive connections to one process, over which turns of load are sent. A turn fails if any request fails. */
export const makeClient = (
  { implementation, pid, url }: Omit<Process, "child" | "firstResponse">,
  connections: number
) => {
  const idle: Array<Socket> = []
  const startedAt = new Map<Socket, number>()
  let latencies: Array<number> = []
  let onIdle = () => {}
  let onFailure = (_: Error) => {}

  const open = async () => {
    // Responses are read as latin1, so that the length of the text is the number of bytes.
    const socket = connect(Number(new URL(url).port), "127.0.0.1")
      .setNoDelay(true)
      .setEncoding("latin1")
    let text = ""
    socket.on("data", (part: string) => {
      text += part
      if (!isComplete(text)) return
      if (!text.startsWith("HTTP/1.1 2")) return onFailure(new Error(`${implementation.title} responded: ${text}`))
      latencies.push(performance.now() - (startedAt.get(socket) ?? 0))
      text = ""
      startedAt.delete(socket)
      idle.push(socket)
      onIdle()
    })
    await once(socket, "connect")
    socket
      .on("error", () => {})
      .once("close", () => {
        if (startedAt.has(socket)) onFailure(new Error(`${implementation.title} closed a connection`))
      })
    idle.push(socket)
  }
  const close = () => {
    for (const socket of idle.splice(0)) socket.destroy()
  }

  let usedAt = Number.NEGATIVE_INFINITY
  /** Node's server closes connections that were idle for 5 seconds, perhaps while a request is on its way. */
  const refresh = async () => {
    if (performance.now() - usedAt < 2_000) return
    close()
    await Promise.all(Array.from({ length: connections }, open))
  }

  const turn = async (next: () => string, { milliseconds, rate }: Omit<Load, "connections">): Promise<Turn> => {
    await refresh()
    latencies = []
    const cpuBefore = cpuSeconds(pid)
    const begin = performance.now()
    let sent = 0
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve, reject) => {
      onFailure = reject
      onIdle = () => {
        for (let socket = idle.at(-1); socket !== undefined; socket = idle.at(-1)) {
          const now = performance.now()
          // At a fixed rate, latency is measured from the scheduled time of a request, even if all connections were busy.
          const dueAt = rate === undefined ? now : begin + (sent * 1000) / rate
          if (dueAt >= begin + milliseconds) return idle.length === connections ? resolve() : undefined
          if (dueAt > now) return
          idle.pop()
          sent++
          startedAt.set(socket, dueAt)
          socket.write(next())
        }
      }
      onIdle()
      if (rate !== undefined) timer = setInterval(onIdle, 1)
    }).finally(() => clearInterval(timer))
    usedAt = performance.now()
    return {
      requests: latencies.length,
      seconds: (usedAt - begin) / 1000,
      cpuSeconds: cpuSeconds(pid) - cpuBefore,
      latencies
    }
  }
  return { turn, close }
}
