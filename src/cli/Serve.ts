import { Effect } from "effect"
import { Command } from "effect/cli"
import * as Config from "../config/Config.ts"
import * as AppLayers from "./AppLayers.ts"
import * as ClusterSupervisor from "./ClusterSupervisor.ts"
import { migrateAndApplyRls } from "./Migrate.ts"
import * as Observability from "./Observability.ts"
import { runServer } from "./RunServer.ts"

const migrate = (settings: Config.Config) =>
  migrateAndApplyRls(settings).pipe(
    AppLayers.withMigrationClient(settings),
    Effect.tap((done) => (done.length === 0 ? Effect.void : Effect.logInfo(`migrated: ${done.join(", ")}`)))
  )

/** In this process, or in workers of it: then this one migrates, watches over them and serves nothing itself. */
const run = Effect.fnUntraced(function* (settings: Config.Config) {
  const several = settings.WEB_CONCURRENCY > 1
  const announce = (url: string) =>
    Effect.logInfo(
      `ready at ${url}, docs at ${url}/docs, database: ${AppLayers.databaseName(settings)}` +
        (several ? `, workers: ${settings.WEB_CONCURRENCY}` : "")
    )
  const here = Effect.gen(function* () {
    if (settings.MIGRATE_ON_START) yield* migrate(settings)
    if (!several) yield* runServer(settings, announce)
  })
  yield* Effect.provide(here, AppLayers.databaseLayer(settings))
  if (several) yield* ClusterSupervisor.supervise(settings, announce)
})

const runWorker = (settings: Config.Config, worker: number) =>
  runServer(settings, ClusterSupervisor.reportReady).pipe(
    Effect.provide(AppLayers.databaseLayer(settings)),
    ClusterSupervisor.runAsWorker,
    Effect.annotateLogs({ worker })
  )

/** Each worker has metrics of its own, on a port of its own. The process that watches over them has none. */
const forWorker = (settings: Config.Config, worker: number | undefined): Config.Config => {
  const { ADMIN_PORT, ...others } = settings
  if (settings.WEB_CONCURRENCY === 1 || ADMIN_PORT === undefined) return settings
  return worker === undefined ? others : { ...others, ADMIN_PORT: ADMIN_PORT === 0 ? 0 : ADMIN_PORT + worker }
}

export const serve = Command.make("serve", {}, () =>
  Effect.gen(function* () {
    const worker = Config.worker()
    const settings = forWorker(yield* Config.ofProcess, worker)
    const running = worker === undefined ? run(settings) : runWorker(settings, worker)
    return yield* Effect.provide(running, Observability.layer(settings))
  })
).pipe(Command.withDescription("Serve the API"))
