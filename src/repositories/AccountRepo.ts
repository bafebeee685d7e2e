import { Context, Duration, Effect, Fiber, FiberMap, Layer, Option, type Stream } from "effect"
import { Database, isTimeout } from "../database/Database.ts"
import type { ExportRecord, ImportedOf, RecordType } from "../domain/AccountExport.ts"
import { InvalidParent } from "../domain/Errors.ts"
import type { TaskId } from "../domain/Task.ts"
import type { UserId } from "../domain/User.ts"
import { AccountQuotas } from "./AccountQuotas.ts"
import { dueColumns } from "./Columns.ts"
import { mapConstraintViolation } from "./ConstraintViolations.ts"
import { erase } from "./Erasure.ts"
import * as ExportQueries from "./ExportQueries.ts"
import * as ImportQueries from "./ImportQueries.ts"

/** Below the time limit of requests by at least half a second. */
const erasureWait = Duration.millis(500)

const mapParents = mapConstraintViolation({
  task_parent_cycle: () => new InvalidParent({ reason: "cycle" }),
  task_parent_depth: () => new InvalidParent({ reason: "depth" })
})

type Write<Row, Outcome, E> = (rows: ReadonlyArray<Row>) => Effect.Effect<ReadonlyArray<Outcome>, E>

const eachHalf = <Row, Outcome, E>(rows: ReadonlyArray<Row>, write: Write<Row, Outcome, E>) => {
  const middle = Math.ceil(rows.length / 2)
  const halves = [rows.slice(0, middle), rows.slice(middle)]
  return Effect.map(Effect.forEach(halves, write), (outcomes) => outcomes.flat())
}

/** Fewer rows than these are not divided further: something else than their number takes the time. */
const fewRows = 50

/** Writes the rows in halves if all at once take longer than a statement may, as on a slow or busy server. */
const inTime =
  <Row, Outcome, E>(write: Write<Row, Outcome, E>): Write<Row, Outcome, E> =>
  (rows) =>
    Effect.catchDefect(write(rows), (defect) =>
      isTimeout(defect) && rows.length >= fewRows ? eachHalf(rows, inTime(write)) : Effect.die(defect)
    )

/** All data of a user. Every method takes the owner first, and every statement names it. */
export class AccountRepo extends Context.Service<
  AccountRepo,
  {
    /**
     * Everything the user has, except for the trash: projects, tags and tasks, each in the order of their creation, and
     * the completed occurrences by task. The first rows are read before there is a stream.
     */
    streamAll(owner: UserId): Effect.Effect<Stream.Stream<ExportRecord>>
    /** Inserts rows as they were exported, for this owner. An existing row is not changed. Rows above a quota are rejected one by one. */
    restore<Type extends RecordType>(
      owner: UserId,
      type: Type,
      rows: ReadonlyArray<ImportedOf<Type>>
    ): Effect.Effect<ReadonlyArray<ImportQueries.Outcomes[Type]>>
    /**
     * Deletes everything of the user, in batches, with rows that are written meanwhile. `false` if it takes longer than a
     * request: then it continues in this process, and a repetition waits for it.
     */
    erase(owner: UserId): Effect.Effect<boolean>
    /** Makes restored tasks subtasks of others, and yields the ids of those that are. */
    restoreParents(
      owner: UserId,
      parents: ReadonlyArray<ImportQueries.Parent>,
      isParentNew: boolean
    ): Effect.Effect<ReadonlyArray<TaskId>>
    /**
     * Lets PostgreSQL count the rows again, if these many new ones are a tenth of the tasks of all users. Best effort: a
     * database that does not answer in time is no reason to end an import.
     */
    updateStatistics(newRows: number): Effect.Effect<void>
  }
>()("tasks/repositories/AccountRepo") {
  static readonly layer = Layer.effect(
    AccountRepo,
    Effect.gen(function* () {
      const db = yield* Database
      const importTexts = ImportQueries.importTexts(yield* AccountQuotas)
      const erasures = yield* FiberMap.make<UserId, void, never>()
      const restoreParents = (
        owner: UserId,
        parents: ReadonlyArray<ImportQueries.Parent>,
        isParentNew: boolean
      ): Effect.Effect<ReadonlyArray<TaskId>> => {
        const write = inTime((rows: ReadonlyArray<ImportQueries.Parent>) => {
          const params = [JSON.stringify(rows), isParentNew ? "on" : "off"]
          const found = mapParents(db.write<{ readonly id: TaskId }>(owner, ImportQueries.parentsText, params))
          return db.heavy(Effect.map(found, (rows) => rows.map(({ id }) => id)))
        })
        // One that is not possible fails all.
        return Effect.catchTag(write(parents), "InvalidParent", () =>
          parents.length === 1
            ? Effect.succeed([])
            : eachHalf(parents, (half) => restoreParents(owner, half, isParentNew))
        )
      }
      return AccountRepo.of({
        streamAll: (owner) => ExportQueries.streamAll(db, owner),
        erase: Effect.fnUntraced(function* (owner) {
          const running = yield* FiberMap.get(erasures, owner)
          const fiber = Option.isSome(running)
            ? running.value
            : yield* FiberMap.run(erasures, owner, db.heavy(erase(db, owner)))
          return Option.isSome(yield* Effect.timeoutOption(Fiber.join(fiber), erasureWait))
        }),
        restore: <Type extends RecordType>(owner: UserId, type: Type, rows: ReadonlyArray<ImportedOf<Type>>) => {
          // The columns of a task's due date follow from its fields.
          const given =
            type === "task" ? rows.map((row) => ({ ...row, ...dueColumns(row as ImportedOf<"task">) })) : rows
          const write = (some: ReadonlyArray<object>) =>
            db.heavy(
              Effect.orDie(db.write<ImportQueries.Outcomes[Type]>(owner, importTexts[type], [JSON.stringify(some)]))
            )
          return inTime(write)(given)
        },
        restoreParents,
        updateStatistics: (newRows) => Effect.ignoreCause(db.maintenance("select analyze_tables($1)", [newRows]))
      })
    })
  )
}
