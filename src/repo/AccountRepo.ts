import { Context, type Effect, Layer, type Stream } from "effect"
import { SqlClient } from "effect/sql"
import type { AccountRow, RestoredProject, RestoredTag, RestoredTask } from "../domain/Account.ts"
import type { UserId } from "../domain/User.ts"
import * as AccountRows from "./AccountRows.ts"
import { slowly } from "./Database.ts"
import * as Restore from "./Restore.ts"

/** A user's data as a whole. Every method takes the owner first, and every statement carries it. */
export class AccountRepo extends Context.Service<
  AccountRepo,
  {
    /**
     * Everything the user has but what is in the trash: projects, tags, tasks, each in the order of their
     * making. The first rows are read before there is a stream, so that a database that is away is told
     * while there is still an answer to tell it in.
     */
    rows(owner: UserId): Effect.Effect<Stream.Stream<AccountRow>>
    /** Puts rows back as they were, the owner aside. A row that is there already stays as it is. */
    restoreProjects(
      owner: UserId,
      projects: ReadonlyArray<RestoredProject>
    ): Effect.Effect<ReadonlyArray<Restore.Outcome>>
    restoreTags(owner: UserId, tags: ReadonlyArray<RestoredTag>): Effect.Effect<ReadonlyArray<Restore.TagOutcome>>
    restoreTasks(owner: UserId, tasks: ReadonlyArray<RestoredTask>): Effect.Effect<ReadonlyArray<Restore.TaskOutcome>>
  }
>()("tasks/repo/AccountRepo") {
  static readonly layer = Layer.effect(
    AccountRepo,
    SqlClient.SqlClient.useSync((sql) =>
      AccountRepo.of({
        rows: (owner) => AccountRows.read(sql, owner),
        restoreProjects: (owner, projects) => slowly(Restore.projects(sql, owner, projects)),
        restoreTags: (owner, tags) => slowly(Restore.tags(sql, owner, tags)),
        restoreTasks: (owner, tasks) => slowly(Restore.tasks(sql, owner, tasks))
      })
    )
  )
}
