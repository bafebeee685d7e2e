import { Effect } from "effect"
import * as PostgresServer from "./PostgresServer.ts"
import { shared } from "./Shared.ts"

const initialize = (folder: string) => Effect.runPromise(PostgresServer.initialize(folder))

/** A private server for a test that stops it, breaks it or needs settings of its own. */
export const start = Effect.fnUntraced(function* (options: PostgresServer.Options = {}) {
  const cluster = yield* Effect.promise(() => shared("cluster", initialize))
  return yield* PostgresServer.start({ ...options, cluster })
})
