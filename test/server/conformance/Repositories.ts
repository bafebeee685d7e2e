import { Effect, Layer, Stream } from "effect"
import {
  AlreadyExists,
  NameTaken,
  NotFound,
  SyncReset,
  UnknownReference,
  VersionConflict
} from "../../../src/domain/Errors.ts"
import type { Project } from "../../../src/domain/Project.ts"
import type { Tag } from "../../../src/domain/Tag.ts"
import { AccountRepo } from "../../../src/repositories/AccountRepo.ts"
import { ChangesRepo } from "../../../src/repositories/ChangesRepo.ts"
import { IdempotencyRepo } from "../../../src/repositories/IdempotencyRepo.ts"
import { ProjectRepo } from "../../../src/repositories/ProjectRepo.ts"
import { TagRepo } from "../../../src/repositories/TagRepo.ts"
import { TaskRepo } from "../../../src/repositories/TaskRepo.ts"
import { TicketRepo } from "../../../src/repositories/TicketRepo.ts"
import { TrashRepo } from "../../../src/repositories/TrashRepo.ts"
import { task } from "../../support/Rows.ts"

export const common = {
  version: 3,
  user_id: "ada",
  created_at: "2026-11-20T09:30:00.000Z",
  updated_at: "2026-11-20T09:30:00.000Z"
}
export const id: string = task.id
export const missing = "019c2f7e-0000-7000-8000-000000000000"
const project = {
  ...common,
  id,
  name: "Home",
  description: null,
  color: "#3b82f6",
  archived: false
} as unknown as Project
const tag = { ...common, id, name: "errand", color: null } as unknown as Tag

const page = <Row>(row: Row) => ({ items: [row], next: { key: common.created_at, id }, total: 7 })
const found = <Row>(row: Row, wanted: string, entity: "task" | "project" | "tag") =>
  wanted === id ? Effect.succeed(row) : Effect.fail(new NotFound({ entity }))
const changed = <Row>(row: Row, expected: unknown) =>
  expected === undefined || expected === "*" || (expected as ReadonlyArray<number>).includes(3)
    ? Effect.succeed(row)
    : Effect.fail(new VersionConflict({ current: row }))

/** Repositories of one row each. A title or name can ask for an error. */
export const repositories = Layer.mergeAll(
  Layer.mock(IdempotencyRepo, {}),
  Layer.mock(TaskRepo, {
    list: () => Effect.succeed(page(task)),
    find: (_, wanted) => found(task, wanted, "task"),
    create: (_, { title }) => {
      if (title === "exists") return Effect.fail(new AlreadyExists({ current: task, in_trash: false }))
      if (title === "in trash") return Effect.fail(new AlreadyExists({ current: task, in_trash: true }))
      if (title === "reference") return Effect.fail(new UnknownReference({ field: "project_id" }))
      return title === "defect" ? Effect.die(new Error("a bug")) : Effect.succeed(task)
    },
    update: (_owner, _id, _change, expected) => changed(task, expected),
    completions: (_, wanted) =>
      Effect.as(found(task, wanted, "task"), {
        items: [{ version: 2, due: { date: "2026-12-01" }, completed_at: common.created_at }],
        next: undefined,
        total: 1
      }),
    move: (_owner, _id, _move, expected) => changed(task, expected),
    bulk: () => Effect.succeed([task, null]),
    remove: (_owner, _id, expected) => Effect.asVoid(changed(task, expected))
  }),
  Layer.mock(TrashRepo, {
    list: () => Effect.succeed(page({ ...task, deleted_at: common.updated_at })),
    restore: (_, wanted) => found(task, wanted, "task"),
    remove: (_, wanted) => Effect.asVoid(found(task, wanted, "task"))
  }),
  Layer.mock(ProjectRepo, {
    list: () => Effect.succeed(page(project)),
    find: (_, wanted) => found(project, wanted, "project"),
    create: () => Effect.succeed(project),
    update: (_owner, _id, _change, expected) => changed(project, expected),
    remove: (_owner, _id, expected) => Effect.asVoid(changed(project, expected))
  }),
  Layer.mock(TagRepo, {
    list: () => Effect.succeed(page(tag)),
    find: (_, wanted) => found(tag, wanted, "tag"),
    create: (_, { name }) => (name === "taken" ? Effect.fail(new NameTaken({ current: tag })) : Effect.succeed(tag)),
    update: (_owner, _id, _change, expected) => changed(tag, expected),
    remove: (_owner, _id, expected) => Effect.asVoid(changed(tag, expected))
  }),
  Layer.mock(ChangesRepo, {
    read: (_, position) =>
      position === undefined
        ? Effect.succeed({
            changes: [
              { type: "project", op: "upsert", value: project },
              { type: "tag", op: "upsert", value: tag },
              { type: "task", op: "upsert", value: task },
              { type: "task", op: "trash", value: { ...task, deleted_at: common.updated_at } },
              { type: "task", op: "delete", id }
            ],
            position: { epoch: 1, seq: 2 },
            has_more: true
          })
        : Effect.fail(new SyncReset())
  }),
  Layer.mock(TicketRepo, { create: () => Effect.succeed(missing) }),
  Layer.mock(AccountRepo, {
    erase: () => Effect.succeed(true),
    streamAll: () => Effect.succeed(Stream.fromIterable([{ type: "task" as const, ...task }]))
  })
)
