import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { cpuSeconds } from "./machine.ts"
import type { Process } from "./processes.ts"

/** One turn of one process. */
export interface Turn {
  readonly requests: number
  readonly errors: number
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

/** Bytes of the response at the beginning of a text; undefined while it is incomplete. */
const responseLength = (text: string) => {
  const head = text.indexOf("\r\n\r\n")
  if (head < 0) return undefined
  const body = /\r\ncontent-length: (\d+)/i.exec(text.slice(0, head))?.[1]
  const length = head + 4 + Number(body ?? 0)
  return text.length >= length ? length : undefined
}

/** Keep-alive connections to one process, over which turns of load are sent. */
export const makeClient = ({ implementation, pid, url }: Process, connections: number) => {
  const startedAt = new Map<Socket, number>()
  const idle: Array<Socket> = []
  let latencies: Array<number> = []
  let errors = 0
  let onIdle = () => {}
  let onClose = () => {}

  const open = async () => {
    // Responses are read as latin1, so that the length of the text is the number of bytes.
    const socket = connect(Number(new URL(url).port), "127.0.0.1")
      .setNoDelay(true)
      .setEncoding("latin1")
    let text = ""
    socket.on("data", (part: string) => {
      text += part
      if (responseLength(text) === undefined) return
      latencies.push(performance.now() - (startedAt.get(socket) ?? 0))
      if (!text.startsWith("HTTP/1.1 2") && errors++ === 0) process.stderr.write(`${implementation.title}: ${text}\n`)
      text = ""
      startedAt.delete(socket)
      idle.push(socket)
      onIdle()
    })
    await once(socket, "connect")
    socket
      .on("error", () => {})
      .once("close", () => {
        if (startedAt.has(socket)) onClose()
      })
    idle.push(socket)
  }
  const close = () => {
    for (const socket of idle.splice(0)) socket.destroy()
  }

  let usedAt = 0
  /** Node's server closes connections that were idle for 5 seconds, perhaps while a request is on its way. */
  const refresh = async () => {
    if (performance.now() - usedAt < 2_000) return
    close()
    await Promise.all(Array.from({ length: connections }, open))
  }

  const turn = async (next: () => string, { milliseconds, rate }: Omit<Load, "connections">): Promise<Turn> => {
    await refresh()
    latencies = []
    errors = 0
    const cpuBefore = cpuSeconds(pid)
    const begin = performance.now()
    let sent = 0
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve, reject) => {
      onClose = () => reject(new Error(`${implementation.title} closed a connection`))
      onIdle = () => {
        for (let socket = idle.at(-1); socket !== undefined; socket = idle.at(-1)) {
          const now = performance.now()
          // At a rate, latency counts from the time at which a request was due, even if all connections were busy.
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
      errors,
      seconds: (usedAt - begin) / 1000,
      cpuSeconds: cpuSeconds(pid) - cpuBefore,
      latencies
    }
  }
  return { turn, close }
}
