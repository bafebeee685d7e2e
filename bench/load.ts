import { once } from "node:events"
import { connect, type Socket } from "node:net"
import { setTimeout } from "node:timers/promises"
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
  let onIdle: (socket: Socket) => void = () => {}
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
      if (!text.startsWith("HTTP/1.1 2")) errors++
      text = ""
      startedAt.delete(socket)
      onIdle(socket)
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

  const send = (socket: Socket, request: string, dueAt: number) => {
    startedAt.set(socket, dueAt)
    socket.write(request)
  }

  const saturate = (next: () => string, until: number) =>
    new Promise<void>((resolve, reject) => {
      onClose = () => reject(new Error(`${implementation.title} closed a connection`))
      onIdle = (socket) => {
        if (performance.now() < until) return send(socket, next(), performance.now())
        idle.push(socket)
        if (idle.length === connections) resolve()
      }
      for (const socket of idle.splice(0)) send(socket, next(), performance.now())
    })

  /** Latency counts from the time at which a request was due, so that a slow server does not slow the load down. */
  const pace = async (next: () => string, rate: number, milliseconds: number) => {
    let isClosed = false
    onClose = () => {
      isClosed = true
    }
    onIdle = (socket) => idle.push(socket)
    const begin = performance.now()
    const count = Math.round((rate * milliseconds) / 1000)
    for (let sent = 0; sent < count && !isClosed; ) {
      const dueAt = begin + (sent * 1000) / rate
      const socket = dueAt <= performance.now() ? idle.pop() : undefined
      if (socket === undefined) {
        await setTimeout(1)
        continue
      }
      send(socket, next(), dueAt)
      sent++
    }
    while (idle.length < connections && !isClosed) await setTimeout(1)
    if (isClosed) throw new Error(`${implementation.title} closed a connection`)
  }

  return {
    turn: async (next: () => string, { milliseconds, rate }: Omit<Load, "connections">): Promise<Turn> => {
      await refresh()
      latencies = []
      errors = 0
      const cpuBefore = cpuSeconds(pid)
      const begin = performance.now()
      await (rate === undefined ? saturate(next, begin + milliseconds) : pace(next, rate, milliseconds))
      usedAt = performance.now()
      return {
        requests: latencies.length,
        errors,
        seconds: (performance.now() - begin) / 1000,
        cpuSeconds: cpuSeconds(pid) - cpuBefore,
        latencies
      }
    },
    close
  }
}
