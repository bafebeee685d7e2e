import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { ProjectId } from "../../src/domain/Project.ts"
import { type TagCreate, TagId } from "../../src/domain/Tag.ts"
import { TaskId } from "../../src/domain/Task.ts"
import { UserId } from "../../src/domain/User.ts"
import { ChangesRepo } from "../../src/repositories/ChangesRepo.ts"
import { ProjectRepo } from "../../src/repositories/ProjectRepo.ts"
import { TagRepo } from "../../src/repositories/TagRepo.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { TrashRepo } from "../../src/repositories/TrashRepo.ts"
import { repositories } from "../support/HttpTestClient.ts"
import { AdminSql, all } from "../support/TestDatabase.ts"

const owner = UserId.make("deleter")
const id = (n: number) => `019c2f7e-0000-7000-8000-${String(n).padStart(12, "0")}`

describe.each(all)("A reused id on %s", (_, database) => {
  const services = Layer.provideMerge(repositories, Layer.merge(database, NodeCrypto.layerSecureRandom))

  layer(services, { excludeTestServices: true, timeout: 120_000 })((it) => {
    it.effect("starts with a version that the deleted project, tag or task never had", () =>
      Effect.gen(function* () {
        const [projects, tags] = [yield* ProjectRepo, yield* TagRepo]
        const [tasks, trash] = [yield* TaskRepo, yield* TrashRepo]
        const project = { id: ProjectId.make(id(1)), name: "p" }
        const tag = { id: TagId.make(id(2)), name: "t" }
        const task = { id: TaskId.make(id(3)), title: "t" }
        let [projectVersion, tagVersion, taskVersion] = [0, 0, 0]
        for (let round = 0; round < 3; round++) {
          const versions = [
            (yield* projects.create(owner, project)).version,
            (yield* tags.create(owner, tag)).version,
            (yield* tasks.create(owner, task)).version
          ]
          assert.deepStrictEqual(versions, [projectVersion + 1, tagVersion + 1, taskVersion + 1])
          projectVersion = (yield* projects.update(owner, project.id, { name: "q" }, undefined)).version
          tagVersion = (yield* tags.update(owner, tag.id, { name: "u" }, undefined)).version
          yield* tasks.remove(owner, task.id, undefined)
          taskVersion = (yield* trash.list(owner, {})).items[0]?.version ?? assert.fail("not in the trash")
          yield* projects.remove(owner, project.id, undefined)
          yield* tags.remove(owner, tag.id, undefined)
          yield* trash.remove(owner, task.id)
        }
        assert.deepStrictEqual([projectVersion, tagVersion, taskVersion], [6, 6, 6])
      })
    )

    it.effect("starts with such a version after a purge, too", () =>
      Effect.gen(function* () {
        const [tasks, trash] = [yield* TaskRepo, yield* TrashRepo]
        const sql = yield* AdminSql
        const task = { id: TaskId.make(id(4)), title: "t" }
        yield* tasks.create(owner, task)
        yield* tasks.remove(owner, task.id, undefined)
        yield* sql`update task set deleted_at = now() - interval '31 days' where id = ${task.id}`
        assert.strictEqual(yield* trash.purge, 1)
        assert.strictEqual((yield* tasks.create(owner, task)).version, 3)
      })
    )

    it.effect("starts with such a version after the record of its deletion was purged, too", () =>
      Effect.gen(function* () {
        const [changes, tags, sql] = [yield* ChangesRepo, yield* TagRepo, yield* AdminSql]
        const user = UserId.make("away")
        const [tag, other] = [id(6), id(7)].map((id) => ({ id: TagId.make(id), name: id })) as [TagCreate, TagCreate]
        const create = (owner: UserId, tag: TagCreate) => Effect.map(tags.create(owner, tag), ({ version }) => version)
        const purge = Effect.gen(function* () {
          yield* sql`update deletion set deleted_at = now() - interval '91 days' where user_id = ${user}`
          return yield* changes.purge
        })
        assert.deepStrictEqual([yield* create(user, tag), yield* create(user, other)], [1, 1])
        for (const name of ["b", "c"]) yield* tags.update(user, tag.id as TagId, { name }, undefined)
        for (const { id } of [tag, other]) yield* tags.remove(user, id as TagId, undefined)
        assert.strictEqual(yield* purge, 2)
        assert.deepStrictEqual([yield* create(user, tag), yield* create(user, other)], [4, 4])
        // A lower version is purged later.
        yield* sql`update tag set version = 2 where user_id = ${user} and id = ${other.id}`
        yield* tags.remove(user, other.id as TagId, undefined)
        assert.strictEqual(yield* purge, 1)
        assert.strictEqual(yield* create(user, other), 4)
        assert.strictEqual(yield* create(UserId.make("bob"), other), 1)
      })
    )

    it.effect("is refused while its task is in the trash, and the error says so", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const task = { id: TaskId.make(id(5)), title: "t" }
        const created = yield* tasks.create(owner, task)
        const refused = yield* Effect.flip(tasks.create(owner, task))
        assert.deepStrictEqual({ ...refused }, { _tag: "AlreadyExists", current: created, in_trash: false } as never)
        yield* tasks.remove(owner, task.id, undefined)
        const trashed = yield* Effect.flip(tasks.create(owner, task))
        assert.deepInclude({ ...trashed } as object, { in_trash: true })
        assert.deepInclude("current" in trashed && trashed.current, { id: task.id, version: 2 })
      })
    )
  })
})
