import { chmod, mkdir, mkdtemp, rm } from "node:fs/promises"
import { join } from "node:path"
import { Effect, Exit, Scope } from "effect"
import type { TestProject } from "vitest/node"
import { migrateTemplate } from "./migrateTemplate.ts"
import * as PostgresServer from "./PostgresServer.ts"
import { temporary } from "./Temporary.ts"

declare module "vitest" {
  interface ProvidedContext {
    /** The suite's server (superuser or the owner of TEST_DATABASE_URL) and the migrated database to copy. */
    readonly postgres: { readonly url: string; readonly template: string }
    readonly tier: "first" | "all"
    /** The folder of what the test files of this run share. */
    readonly shared: string
  }
}

/** The cluster is kept for the private servers of tests: see TestServer.ts. */
const startServer = Effect.fnUntraced(function* (cluster: string) {
  yield* Effect.promise(() => mkdir(cluster))
  yield* PostgresServer.initialize(cluster)
  return yield* PostgresServer.start({ cluster })
})

/** A folder and one PostgreSQL server for the run: TEST_DATABASE_URL where that is set, else a private one. */
export default async ({ config, provide }: TestProject) => {
  const scope = Scope.makeUnsafe()
  const shared = await mkdtemp(join(temporary, "effect-tasks-run-"))
  // PostgreSQL may run as another user, and finds its folder in there by name.
  await chmod(shared, 0o711)
  const postgres = await Effect.runPromise(
    Effect.gen(function* () {
      const url = process.env.TEST_DATABASE_URL ?? (yield* startServer(join(shared, "cluster"))).url
      const templateUrl = yield* PostgresServer.createDatabase(url)
      yield* Effect.promise(() => migrateTemplate(templateUrl))
      const template = new URL(templateUrl).pathname.slice(1)
      // A database with users cannot be copied.
      yield* PostgresServer.administer(url, (sql) => sql`alter database ${sql(template)} allow_connections false`)
      return { url, template }
    }).pipe(
      Scope.provide(scope),
      Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
    )
  )
  provide("postgres", postgres)
  provide("tier", config.mode === "all" ? "all" : "first")
  provide("shared", shared)
  return async () => {
    await Effect.runPromise(Scope.close(scope, Exit.void))
    await rm(shared, { recursive: true, force: true })
  }
}
