// node test/support/flood.ts URL ADDRESS CONNECTIONS: keeps that many connections from a local address busy with requests
// and opens again those that the server closes. Prints the numbers of connections and responses so far, every 100 ms.
import { connect } from "node:net"

const [url = "", localAddress = "", count = ""] = process.argv.slice(2)
const { hostname, pathname, port } = new URL(url)
const request = `GET ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`
let [opened, responses] = [0, 0]

const flood = () => {
  opened++
  const socket = connect({ host: hostname, port: Number(port), localAddress })
  socket.on("connect", () => socket.write(request))
  socket.on("data", () => {
    responses++
    socket.write(request)
  })
  socket.on("error", () => {})
  socket.on("close", flood)
}

for (let n = 0; n < Number(count); n++) flood()
setInterval(() => process.stdout.write(`${opened} ${responses}\n`), 100)
