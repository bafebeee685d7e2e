import { Effect } from "effect"
import { Command } from "effect/cli"
import * as Config from "../config/Config.ts"
import * as AppLayers from "./AppLayers.ts"
import * as ClusterSupervisor from "./ClusterSupervisor.ts"
import { migrateAndApplyRls } from "./Migrate.ts"
import { runServer } from "./RunServer.ts"

const migrate = (config: Config.Config) =>
  migrateAndApplyRls(config).pipe(
    AppLayers.withMigrationClient(config),
    Effect.tap((changes) => (changes.length === 0 ? Effect.void : Effect.logInfo(`migrated: ${changes.join(", ")}`)))
  )

/** With several workers this process migrates and supervises, and serves no requests itself. */
const run = Effect.fnUntraced(function* (config: Config.Config) {
  const hasWorkers = config.WEB_CONCURRENCY > 1
  const onReady = (url: string) =>
    Effect.logInfo(
      `ready at ${url}, docs at ${url}/docs, database: ${AppLayers.databaseName(config)}` +
        (hasWorkers ? `, workers: ${config.WEB_CONCURRENCY}` : "")
    )
  const inThisProcess = Effect.gen(function* () {
    if (config.MIGRATE_ON_START) yield* migrate(config)
    if (!hasWorkers) yield* runServer(config, { onListening: (url) => Effect.logInfo(`listening at ${url}`), onReady })
  })
  yield* Effect.provide(inThisProcess, AppLayers.databaseLayer(config))
  if (hasWorkers) yield* ClusterSupervisor.supervise(config, onReady)
})

const runWorker = (config: Config.Config, worker: number) =>
  runServer(config, ClusterSupervisor.reportToSupervisor).pipe(
    Effect.provide(AppLayers.databaseLayer(config)),
    ClusterSupervisor.runAsWorker,
    Effect.annotateLogs({ worker })
  )

/** Each worker has an admin port of its own. The supervisor has none. */
const configFor = (config: Config.Config, worker: number | undefined): Config.Config => {
  const { ADMIN_PORT, ...others } = config
  if (config.WEB_CONCURRENCY === 1 || ADMIN_PORT === undefined) return config
  return worker === undefined ? others : { ...others, ADMIN_PORT: ADMIN_PORT === 0 ? 0 : ADMIN_PORT + worker }
}

export const serve = Command.make("serve", {}, () =>
  Effect.gen(function* () {
    const worker = Config.workerIndex()
    const config = configFor(yield* Config.load(), worker)
    const running = worker === undefined ? run(config) : runWorker(config, worker)
    return yield* Effect.provide(running, AppLayers.observabilityLayer(config, worker))
  })
).pipe(Command.withDescription("Serve the API"))
