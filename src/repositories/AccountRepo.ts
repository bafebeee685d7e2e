import { Context, Effect, Layer, type Stream } from "effect"
import { SqlClient } from "effect/sql"
import { Database } from "../database/Database.ts"
import type { ExportRecord, ImportedProject, ImportedTag, ImportedTask } from "../domain/AccountExport.ts"
import type { UserId } from "../domain/User.ts"
import * as ExportQueries from "./ExportQueries.ts"
import * as ImportQueries from "./ImportQueries.ts"

/** A user's data as a whole. Every method takes the owner first, and every statement carries it. */
export class AccountRepo extends Context.Service<
  AccountRepo,
  {
    /**
     * Everything the user has, except for the trash: projects, tags, tasks, each in the order of their creation. The
     * first rows are read before there is a stream.
     */
    streamAll(owner: UserId): Effect.Effect<Stream.Stream<ExportRecord>>
    /** Puts rows back as they were, the owner aside. A row that is there already stays as it is. */
    restoreProjects(
      owner: UserId,
      projects: ReadonlyArray<ImportedProject>
    ): Effect.Effect<ReadonlyArray<ImportQueries.Outcome>>
    restoreTags(owner: UserId, tags: ReadonlyArray<ImportedTag>): Effect.Effect<ReadonlyArray<ImportQueries.TagOutcome>>
    restoreTasks(
      owner: UserId,
      tasks: ReadonlyArray<ImportedTask>
    ): Effect.Effect<ReadonlyArray<ImportQueries.TaskOutcome>>
  }
>()("tasks/repositories/AccountRepo") {
  static readonly layer = Layer.effect(
    AccountRepo,
    Effect.gen(function* () {
      const db = yield* Database
      const sql = yield* SqlClient.SqlClient
      const run = <A>(owner: UserId, work: Effect.Effect<A>) => db.heavy(db.transaction(owner, work))
      return AccountRepo.of({
        streamAll: (owner) => ExportQueries.streamAll(db, owner),
        restoreProjects: (owner, projects) => run(owner, ImportQueries.projects(sql, owner, projects)),
        restoreTags: (owner, tags) => run(owner, ImportQueries.tags(sql, owner, tags)),
        restoreTasks: (owner, tasks) => run(owner, ImportQueries.tasks(sql, owner, tasks))
      })
    })
  )
}
