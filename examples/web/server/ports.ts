import { once } from "node:events"
import { createServer } from "node:net"

const isFree = async (port: number) => {
  const server = createServer()
  try {
    server.listen(port, "127.0.0.1")
    await once(server, "listening")
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}

/** The next free ports of this machine. */
export const freePorts = async (first: number, count: number) => {
  const ports: Array<number> = []
  for (let port = first; ports.length < count && port < first + 1000; port++) if (await isFree(port)) ports.push(port)
  if (ports.length < count) throw new Error(`No free ports from ${first} to ${first + 999}`)
  return ports
}
