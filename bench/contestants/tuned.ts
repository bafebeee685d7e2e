// The same with every trick we know: tokens are verified once, statements share connections, timestamps stay text, and
// log lines leave in blocks.
import pino from "pino"
import { pipelined } from "./database.ts"
import { serve } from "./fastify.ts"
import { remembering } from "./tokens.ts"

const identify = await remembering()

await serve({
  logger: pino(pino.destination({ dest: 1, sync: false, minLength: 4096 })),
  database: await pipelined(),
  identify: async () => (request) => identify(request.headers.authorization)
})
