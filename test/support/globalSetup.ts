import { Effect, Exit, Scope } from "effect"
import type { TestProject } from "vitest/node"
import { migrateTemplate } from "./migrateTemplate.ts"
import * as PostgresServer from "./PostgresServer.ts"

declare module "vitest" {
  interface ProvidedContext {
    /** The suite's server (superuser or the owner of TEST_DATABASE_URL) and the migrated database to copy. */
    readonly postgres: { readonly url: string; readonly template: string }
  }
}

/** One server for the suite: TEST_DATABASE_URL where that is set, else a private one. */
export default async ({ provide }: TestProject) => {
  const scope = Scope.makeUnsafe()
  const postgres = await Effect.runPromise(
    Effect.gen(function* () {
      const url = process.env.TEST_DATABASE_URL ?? (yield* PostgresServer.start()).url
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
  return () => Effect.runPromise(Scope.close(scope, Exit.void))
}
