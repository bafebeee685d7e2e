// The same with every known optimization: verified tokens are cached, statements are pipelined, timestamps stay text,
// and log lines are written in blocks.
import pino from "pino"
import { cachingVerifier } from "./accessTokens.ts"
import { pipelined } from "./database.ts"
import { serve } from "./fastifyApp.ts"

const identify = await cachingVerifier()

await serve({
  logger: pino(pino.destination({ dest: 1, sync: false, minLength: 4096 })),
  database: await pipelined(),
  identify: async () => (request) => identify(request.headers.authorization)
})
