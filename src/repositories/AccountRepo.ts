import { Context, type Effect, Layer, type Stream } from "effect"
import { SqlClient } from "effect/sql"
import type { ExportRecord, ImportedProject, ImportedTag, ImportedTask } from "../domain/AccountExport.ts"
import type { UserId } from "../domain/User.ts"
import * as ExportQueries from "./ExportQueries.ts"
import * as ImportQueries from "./ImportQueries.ts"
import { onHeavyPool } from "./QueryRunner.ts"

/** A user's data as a whole. Every method takes the owner first, and every statement carries it. */
export class AccountRepo extends Context.Service<
  AccountRepo,
  {
    /**
     * Everything the user has but what is in the trash: projects, tags, tasks, each in the order of their
     * making. The first rows are read before there is a stream, so that a database that is away is told
     * while there is still an answer to tell it in.
     */
    rows(owner: UserId): Effect.Effect<Stream.Stream<ExportRecord>>
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
    SqlClient.SqlClient.useSync((sql) =>
      AccountRepo.of({
        rows: (owner) => ExportQueries.read(sql, owner),
        restoreProjects: (owner, projects) => onHeavyPool(ImportQueries.projects(sql, owner, projects)),
        restoreTags: (owner, tags) => onHeavyPool(ImportQueries.tags(sql, owner, tags)),
        restoreTasks: (owner, tasks) => onHeavyPool(ImportQueries.tasks(sql, owner, tasks))
      })
    )
  )
}
