import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer, Random } from "effect"
import type { Task } from "../../src/domain/Task.ts"
import { UserId } from "../../src/domain/User.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { TrashRepo } from "../../src/repositories/TrashRepo.ts"
import { AdminSql, all } from "../support/TestDatabase.ts"
import { byTier } from "../support/Tier.ts"

const create = Effect.fnUntraced(function* (owner: UserId, titles: ReadonlyArray<string>) {
  const tasks = yield* TaskRepo
  const created = yield* Effect.forEach(titles, (title) => tasks.create(owner, { title }))
  return new Map(created.map((task) => [task.title, task]))
})

const listed = Effect.fnUntraced(function* (owner: UserId) {
  const tasks = yield* TaskRepo
  return (yield* tasks.list(owner, { sort: "position", limit: 200 })).items
})

const titles = (tasks: ReadonlyArray<Task>) => tasks.map(({ title }) => title).join(" ")

describe.each(all)("The order of tasks on %s", (_, database) => {
  const services = Layer.merge(TaskRepo.layer, TrashRepo.layer).pipe(
    Layer.provideMerge(Layer.merge(database, NodeCrypto.layerSecureRandom))
  )

  layer(services, { excludeTestServices: true, timeout: 120_000 })((it) => {
    it.effect("gives a restored task a position of its own", () =>
      Effect.gen(function* () {
        const owner = UserId.make("restorer")
        const tasks = yield* TaskRepo
        const trash = yield* TrashRepo
        const made = yield* create(owner, ["A", "T", "Z", "C"])
        const id = (title: string) => made.get(title)?.id ?? assert.fail(title)
        yield* tasks.remove(owner, id("T"), undefined)
        const { position } = made.get("T") ?? assert.fail("T")
        const sql = yield* AdminSql
        yield* sql`update task set position = ${position} where user_id = ${owner} and title = 'C'`
        const restored = yield* trash.restore(owner, id("T"))
        const order = yield* listed(owner)
        assert.strictEqual(titles(order), "A C T Z")
        assert.strictEqual(new Set(order.map((task) => task.position)).size, 4)
        assert.strictEqual(order[2]?.position, restored.position)
        // Directly behind, wherever a task was before.
        yield* tasks.move(owner, id("Z"), { after: id("C") }, undefined)
        assert.strictEqual(titles(yield* listed(owner)), "A C Z T")
      })
    )

    it.effect("puts a task directly beside any other, whatever keys the database contains", () =>
      Effect.gen(function* () {
        const owner = UserId.make("importer")
        const tasks = yield* TaskRepo
        const sql = yield* AdminSql
        const names = ["a", "b", "c", "d", "e", "f", "g", "h"]
        const made = yield* create(owner, [...names, "x"])
        // Keys with a missing digit, with an unusable integer part, with a trailing zero, the same, and very long.
        const keys = [
          "A00000000000000000000000000",
          "Zz",
          "a0",
          "a0",
          "b1",
          "c00",
          `d000${"V".repeat(990)}`,
          "r00000003"
        ]
        for (const [n, key] of keys.entries()) {
          yield* sql`update task set position = ${key} where user_id = ${owner} and title = ${names[n]}`
        }
        const id = (title: string) => made.get(title)?.id ?? assert.fail(title)
        for (const name of names) {
          for (const side of ["before", "after"] as const) {
            yield* tasks.move(owner, id("x"), side === "before" ? { before: id(name) } : { after: id(name) }, undefined)
            const expected = names.flatMap((other) =>
              other !== name ? [other] : side === "before" ? ["x", other] : [other, "x"]
            )
            assert.strictEqual(titles(yield* listed(owner)), expected.join(" "), `${side} ${name}`)
          }
        }
      })
    )

    it.effect(
      "keeps the order of the other tasks at every move, among random keys",
      () =>
        Effect.gen(function* () {
          const owner = UserId.make("random")
          const tasks = yield* TaskRepo
          const sql = yield* AdminSql
          const names = ["a", "b", "c", "d", "e", "f", "x"]
          const made = yield* create(owner, names)
          const idOf = (title: string) => made.get(title)?.id ?? assert.fail(title)
          const any = <A>(values: ReadonlyArray<A>) =>
            Effect.map(Random.nextIntBetween(0, values.length - 1), (n) => values[n] ?? assert.fail("no value"))
          for (let n = 0; n < byTier(60, 500); n++) {
            // Few digits, so that equal keys, keys that end with zeros and keys without room between them are frequent.
            const length = yield* any([1, 2, 3, 4, 16, 190])
            const digits = yield* Effect.all(Array.from({ length }, () => any(["0", "0", "1", "V", "z"])))
            const key = `${yield* any(["A", "Z", "a", "b", "n", "z"])}${digits.join("")}`
            yield* sql`update task set position = ${key} where user_id = ${owner} and title = ${yield* any(names)}`
            const moved = yield* any(names)
            const others = titles(yield* listed(owner))
              .split(" ")
              .filter((title) => title !== moved)
            const place = yield* Random.nextIntBetween(0, others.length - 1)
            const isBefore = yield* Random.nextBoolean
            const anchor = idOf(others[place] ?? "")
            yield* tasks.move(owner, idOf(moved), isBefore ? { before: anchor } : { after: anchor }, undefined)
            const expected = others.toSpliced(isBefore ? place : place + 1, 0, moved)
            assert.strictEqual(titles(yield* listed(owner)), expected.join(" "), `move ${n} of ${moved}, key ${key}`)
          }
        }).pipe(Random.withSeed("order")),
      120_000
    )

    it.effect(
      "keeps positions short however often a task is put into the same gap",
      () =>
        Effect.gen(function* () {
          const owner = UserId.make("mover")
          const tasks = yield* TaskRepo
          const sql = yield* AdminSql
          const made = yield* create(owner, ["a", "y", "z"])
          const id = (title: string) => made.get(title)?.id ?? assert.fail(title)
          // As after more than a thousand moves.
          yield* sql`update task set position = ${`n${"0".repeat(14)}${"0".repeat(184)}V`} where user_id = ${owner} and title = 'y'`
          yield* sql`update task set position = ${`n${"0".repeat(14)}`} where user_id = ${owner} and title = 'a'`
          for (let n = 0; n < 40; n++) {
            yield* tasks.move(owner, id(n % 2 === 0 ? "z" : "y"), { after: id("a") }, undefined)
          }
          const order = yield* listed(owner)
          assert.strictEqual(titles(order), "a y z")
          for (const { position } of order) assert.isAtMost(position.length, 200)
        }),
      60_000
    )
  })
})
