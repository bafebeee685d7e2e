// What a request costs in the library alone, by how many services the server and the handler were built within:
// node bench/reproductions/carried.ts. For every request `HttpApiBuilder` merges the handler's context into the
// fiber's, service by service, though the handler has all it needs from when it was built.
import { Context, Effect, Layer, Schema } from "effect"
import { HttpRouter, HttpServer } from "effect/http"
import { HttpApi, HttpApiBuilder, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { median } from "../statistics.ts"

const Api = HttpApi.make("api").add(
  HttpApiGroup.make("things").add(HttpApiEndpoint.get("get", "/", { success: Schema.String }))
)

const Handlers = HttpApiBuilder.group(Api, "things", (handlers) =>
  handlers.handleAll({ get: () => Effect.succeed("thing") })
)

const services = (count: number) =>
  Layer.succeedContext(Context.makeUnsafe<never>(new Map(Array.from({ length: count }, (_, n) => [`service/${n}`, n]))))

const handlerWithin = (count: number) =>
  HttpRouter.toWebHandler(
    HttpApiBuilder.layer(Api).pipe(
      Layer.provide(Handlers),
      Layer.provide(services(count)),
      Layer.provide(HttpServer.layerServices)
    ),
    { disableLogger: true }
  ).handler

const counts = [0, 10, 20, 40, 80]
const [rounds, requests] = [30, 2_000]

const measured = counts.map((count) => ({ count, handler: handlerWithin(count), times: [] as number[] }))
for (let round = 0; round < rounds; round++) {
  for (const { handler, times } of round % 2 === 0 ? measured : measured.toReversed()) {
    const began = performance.now()
    for (let n = 0; n < requests; n++) await handler(new Request("http://localhost/"))
    times.push(((performance.now() - began) * 1000) / requests)
  }
}
const [first] = measured
for (const { count, times } of measured) {
  // The first rounds are those in which it is compiled.
  const settled = times.slice(rounds / 3)
  const more = median(settled.map((time, round) => time - (first?.times[rounds / 3 + round] ?? 0)))
  process.stdout.write(
    `${String(count).padStart(3)} services: ${median(settled).median.toFixed(1)} µs a request, ${more.median.toFixed(1)} more than with none\n`
  )
}
