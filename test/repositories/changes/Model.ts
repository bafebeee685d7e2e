import { assert } from "@effect/vitest"
import { Effect, Fiber, Random, Stream } from "effect"
import type { Change, FeedPosition } from "../../../src/domain/Change.ts"
import { ProjectId } from "../../../src/domain/Project.ts"
import { TagId } from "../../../src/domain/Tag.ts"
import { TaskId } from "../../../src/domain/Task.ts"
import { UserId } from "../../../src/domain/User.ts"
import { AccountRepo } from "../../../src/repositories/AccountRepo.ts"
import { ChangesRepo } from "../../../src/repositories/ChangesRepo.ts"
import { ProjectRepo } from "../../../src/repositories/ProjectRepo.ts"
import { TagRepo } from "../../../src/repositories/TagRepo.ts"
import { TaskRepo } from "../../../src/repositories/TaskRepo.ts"
import { TrashRepo } from "../../../src/repositories/TrashRepo.ts"

const owners = ["ada", "bob"].map((name) => UserId.make(name))
const ids = Array.from({ length: 12 }, (_, n) => `00000000-0000-7000-8000-${String(n).padStart(12, "0")}`)
const date = "2026-01-01T00:00:00.000Z"

const anyOf = <A>(values: ReadonlyArray<A>) =>
  Effect.map(Random.nextIntBetween(0, values.length - 1), (n) => values[n] as A)
const anyTask = Effect.map(anyOf(ids), (id) => TaskId.make(id))
const anyProject = Effect.map(anyOf(ids), (id) => ProjectId.make(id))
const anyTag = Effect.map(anyOf(ids), (id) => TagId.make(id))

/** One random change of an owner, with few ids, so that many changes meet. Most may fail for a good reason. */
const change = Effect.fnUntraced(function* (owner: UserId) {
  const [tasks, projects, tags] = [yield* TaskRepo, yield* ProjectRepo, yield* TagRepo]
  const [trash, account] = [yield* TrashRepo, yield* AccountRepo]
  const [task, other, project, tag] = [yield* anyTask, yield* anyTask, yield* anyProject, yield* anyTag]
  const title = `title ${yield* Random.nextIntBetween(0, 1_000_000)}`
  const imported = {
    ...({ id: task, title, description: null, status: "pending", priority: "none", due_at: null } as const),
    ...({ project_id: null, tag_ids: [], position: "n1", completed_at: null, version: 3 } as const),
    ...{ user_id: owner, created_at: date, updated_at: date }
  }
  const operations: ReadonlyArray<Effect.Effect<unknown, unknown>> = [
    tasks.create(owner, { id: task, title }),
    tasks.create(owner, { id: task, title, project_id: project, tag_ids: [tag] }),
    tasks.update(owner, task, { title }, undefined),
    tasks.update(owner, task, { project_id: project }, undefined),
    tasks.update(owner, task, { tag_ids: [tag] }, undefined),
    tasks.move(owner, task, { after: other }, undefined),
    tasks.remove(owner, task, undefined),
    tasks.bulk(owner, [
      { op: "create", task: { id: task, title } },
      { op: "update", id: other, change: { title } }
    ]),
    tasks.bulk(owner, [
      { op: "update", id: other, change: { title } },
      { op: "delete", id: task }
    ]),
    trash.restore(owner, task),
    trash.remove(owner, task),
    projects.create(owner, { id: project, name: title }),
    projects.update(owner, project, { name: title }, undefined),
    projects.remove(owner, project, undefined),
    tags.create(owner, { id: tag, name: title }),
    tags.update(owner, tag, { name: title }, undefined),
    tags.remove(owner, tag, undefined),
    account.restore(owner, "task", [imported])
  ]
  // A write that is cut may take its connection with it, and so fail another one.
  yield* Effect.exit(yield* anyOf(operations))
})

/** A client's copy of the rows, made from the feed alone. */
export class Replica {
  readonly rows = new Map<string, unknown>()
  position: FeedPosition | undefined = undefined
  readonly owner: UserId

  constructor(owner: UserId) {
    this.owner = owner
  }

  private apply(changes: ReadonlyArray<Change>) {
    for (const change of changes) {
      if (change.op === "delete") this.rows.delete(`${change.type} ${change.id}`)
      else this.rows.set(`${change.type} ${change.value.id}`, change.value)
    }
  }

  /** Applies one page. Sometimes it is applied again, as after a crash between applying and storing the position. */
  readonly pull = Effect.fnUntraced({ self: this }, function* (this: Replica, limit: number) {
    const page = yield* (yield* ChangesRepo).read(this.owner, this.position, limit)
    this.apply(page.changes)
    if (!(yield* Random.nextBoolean) || page.has_more) this.apply(page.changes)
    assert.isAtLeast(page.position.seq, this.position?.seq ?? 0)
    this.position = page.position
    return page.has_more
  })
}

/** What the account has, by the endpoints that do not use the feed. */
const contents = Effect.fnUntraced(function* (owner: UserId) {
  const [account, trash] = [yield* AccountRepo, yield* TrashRepo]
  const exported = yield* Stream.runCollect(yield* account.streamAll(owner))
  const { items } = yield* trash.list(owner, { limit: 200 })
  const rows = new Map<string, unknown>(
    exported.flatMap(({ type, ...row }) => ("id" in row ? [[`${type} ${row.id}`, row]] : []))
  )
  for (const row of items) rows.set(`task ${row.id}`, row)
  return rows
})

type Repositories = AccountRepo | ChangesRepo | ProjectRepo | TagRepo | TaskRepo | TrashRepo

/** Runs an effect on the repositories of one of several processes. */
export type OnProcess = <A, E>(effect: Effect.Effect<A, E, Repositories>) => Effect.Effect<A, E>

/** The replica's rows and the account's, at a moment when nothing has changed in between. */
export const settled = Effect.fnUntraced(function* (replica: Replica) {
  for (;;) {
    while (yield* replica.pull(7));
    const { position } = replica
    const expected = yield* contents(replica.owner)
    yield* replica.pull(200)
    // A write that was interrupted may still be running.
    if (replica.position?.seq === position?.seq) return { rows: replica.rows, expected }
  }
})

export const sorted = (rows: ReadonlyMap<string, unknown>) => Array.from(rows).toSorted(([a], [b]) => (a < b ? -1 : 1))

/**
 * Several writers and readers of two users at once, on several processes. Some writes are interrupted at any moment.
 * In the end each reader has exactly what the account has.
 */
export const converge = Effect.fnUntraced(function* (processes: ReadonlyArray<OnProcess>, changes: number) {
  const onAny = <A, E>(effect: Effect.Effect<A, E, Repositories>) =>
    Effect.flatMap(anyOf(processes), (on) => on(effect))
  const replicas = owners.flatMap((owner) => [new Replica(owner), new Replica(owner), new Replica(owner)])
  let isWriting = true

  const write = Effect.gen(function* () {
    const fiber = yield* Effect.forkDetach(onAny(change(yield* anyOf(owners))))
    const isCut = (yield* Random.nextIntBetween(0, 9)) === 0
    yield* isCut ? Effect.andThen(Effect.sleep(1), Fiber.interrupt(fiber)) : Fiber.join(fiber)
  })
  const writers = Effect.forEach(Array.from({ length: changes }), () => write, { concurrency: 8, discard: true })
  const readers = replicas.map((replica) =>
    Effect.gen(function* () {
      while (isWriting) {
        yield* onAny(Effect.orDie(replica.pull(yield* Random.nextIntBetween(1, 20))))
        yield* Effect.sleep(yield* Random.nextIntBetween(0, 20))
      }
    })
  )
  const written = Effect.ensuring(
    writers,
    Effect.sync(() => {
      isWriting = false
    })
  )
  yield* Effect.all([written, ...readers], { concurrency: "unbounded", discard: true })

  for (const replica of [...replicas, ...owners.map((owner) => new Replica(owner))]) {
    const { expected, rows } = yield* onAny(Effect.orDie(settled(replica)))
    assert.isAbove(expected.size, 0)
    assert.deepStrictEqual(sorted(rows), sorted(expected))
  }
})
