import { once } from "node:events"
import { connect } from "node:net"
import { processorTimeOf } from "./machine.ts"
import { lengthOf } from "./pace.ts"
import type { Stand } from "./stands.ts"

const connections = 32
const milliseconds = 100

export interface Slice {
  readonly answers: number
  readonly errors: number
  /** Microseconds of processor time, and of any. */
  readonly cpu: number
  readonly wall: number
}

/** Sockets to one contestant. While a slice of time lasts, each has a request under way. */
const open = async ({ pid, url }: Stand, requests: ReadonlyArray<string>) => {
  let next = 0
  let answers = 0
  let errors = 0
  let busy = 0
  let until = 0
  let finish = () => {}

  const sockets = await Promise.all(
    Array.from({ length: connections }, async () => {
      const socket = connect(Number(new URL(url).port), "127.0.0.1")
        .setNoDelay(true)
        .setEncoding("latin1")
      let text = ""
      const ask = () => void socket.write(requests[next++ % requests.length] ?? "")
      socket.on("data", (part: string) => {
        text += part
        if (lengthOf(text) === undefined) return
        answers++
        if (!/^HTTP\/1.1 2/.test(text)) errors++
        text = ""
        if (performance.now() < until) return ask()
        if (--busy === 0) finish()
      })
      await once(socket, "connect")
      return { ask, close: () => socket.destroy() }
    })
  )

  return {
    slice: async (): Promise<Slice> => {
      answers = 0
      errors = 0
      busy = sockets.length
      const [before, began] = [processorTimeOf(pid), performance.now()]
      until = began + milliseconds
      await new Promise<void>((resolve) => {
        finish = resolve
        for (const { ask } of sockets) ask()
      })
      return { answers, errors, cpu: processorTimeOf(pid) - before, wall: (performance.now() - began) * 1000 }
    },
    close: () => {
      for (const { close } of sockets) close()
    }
  }
}

/** Contestants take turns of a tenth of a second: what disturbs the machine for a second then disturbs all alike. */
export const take = async (stands: ReadonlyArray<Stand>, requests: ReadonlyArray<string>, turns: number) => {
  const lines = await Promise.all(stands.map((stand) => open(stand, requests)))
  const found = lines.map((line) => ({ line, slices: [] as Slice[] }))
  for (let turn = 0; turn < turns; turn++) {
    for (const { line, slices } of turn % 2 === 0 ? found : found.toReversed()) slices.push(await line.slice())
  }
  for (const { close } of lines) close()
  return found.map(({ slices }) => slices)
}
