import { Effect } from "effect"
import { Command } from "effect/cli"
import * as Settings from "../platform/Settings.ts"
import * as Choices from "./Choices.ts"
import { bringUpToDate } from "./Migrate.ts"
import { service } from "./Service.ts"
import * as Watching from "./Watching.ts"
import * as Workers from "./Workers.ts"

const migrate = (settings: Settings.Settings) =>
  bringUpToDate(settings).pipe(
    Choices.withMigrationClient(settings),
    Effect.tap((done) => (done.length === 0 ? Effect.void : Effect.logInfo(`migrated: ${done.join(", ")}`)))
  )

/** In this process, or in workers of it: then this one migrates, watches over them and serves nothing itself. */
const run = Effect.fnUntraced(function* (settings: Settings.Settings) {
  const several = settings.WEB_CONCURRENCY > 1
  const announce = (url: string) =>
    Effect.logInfo(
      `ready at ${url}, docs at ${url}/docs, database: ${Choices.databaseName(settings)}` +
        (several ? `, workers: ${settings.WEB_CONCURRENCY}` : "")
    )
  const here = Effect.gen(function* () {
    if (settings.MIGRATE_ON_START) yield* migrate(settings)
    if (!several) yield* service(settings, announce)
  })
  yield* Effect.provide(here, Choices.databaseLayer(settings))
  if (several) yield* Workers.supervise(settings, announce)
})

const runWorker = (settings: Settings.Settings, worker: number) =>
  service(settings, Workers.tellReady).pipe(
    Effect.provide(Choices.databaseLayer(settings)),
    Workers.work,
    Effect.annotateLogs({ worker })
  )

/** Each worker has metrics of its own, on a port of its own. The process that watches over them has none. */
const forWorker = (settings: Settings.Settings, worker: number | undefined): Settings.Settings => {
  const { ADMIN_PORT, ...others } = settings
  if (settings.WEB_CONCURRENCY === 1 || ADMIN_PORT === undefined) return settings
  return worker === undefined ? others : { ...others, ADMIN_PORT: ADMIN_PORT === 0 ? 0 : ADMIN_PORT + worker }
}

export const serve = Command.make("serve", {}, () =>
  Effect.gen(function* () {
    const worker = Settings.worker()
    const settings = forWorker(yield* Settings.ofProcess, worker)
    const running = worker === undefined ? run(settings) : runWorker(settings, worker)
    return yield* Effect.provide(running, Watching.layer(settings))
  })
).pipe(Command.withDescription("Serve the API"))
