import { assert, layer } from "@effect/vitest"
import { Effect, Layer, Schema } from "effect"
import { vi } from "vitest"
import type { FeedPosition } from "../../src/domain/Change.ts"
import { UserId } from "../../src/domain/User.ts"
import { ChangesRepo } from "../../src/repositories/ChangesRepo.ts"
import { AdminSql, layerPg } from "../support/TestDatabase.ts"

// A resource after all others in the order of names. It has the columns of a tag.
vi.mock("../../src/domain/Change.ts", async (original) => {
  const actual = await original<typeof import("../../src/domain/Change.ts")>()
  return { ...actual, RowType: Schema.Literals([...actual.RowType.literals, "wish"]) }
})
vi.mock("../../src/repositories/Columns.ts", async (original) => {
  const actual = await original<typeof import("../../src/repositories/Columns.ts")>()
  const { columnsOf, fieldsOf } = actual
  return {
    ...actual,
    columnsOf: { ...columnsOf, wish: columnsOf.tag },
    fieldsOf: { ...fieldsOf, wish: fieldsOf.tag }
  }
})

const createTable = Effect.gen(function* () {
  const sql = yield* AdminSql
  yield* sql`create table wish (like tag including all)`
  yield* sql`alter table deletion drop constraint deletion_entity_check`
  yield* sql`
    create trigger record_deletion after delete on wish
    referencing old table as deleted_row for each statement execute function record_deletion()
  `
  yield* sql`create trigger take_seq_on_insert before insert on wish for each row when (new.seq = 0) execute function take_seq()`
  yield* sql`insert into tag (user_id, id, name) values ('ada', gen_random_uuid(), 'tag')`
  yield* sql`insert into wish (user_id, id, name) select 'ada', gen_random_uuid(), 'wish ' || n from generate_series(1, 5) n`
})

const owner = UserId.make("ada")

layer(ChangesRepo.layer.pipe(Layer.provideMerge(layerPg)), { excludeTestServices: true, timeout: 300_000 })(
  "The change feed of a further resource, whose name comes after all others",
  (it) => {
    it.effect("returns each of its rows and deletions once, in pages of any size", () =>
      Effect.gen(function* () {
        const changes = yield* ChangesRepo
        const sql = yield* AdminSql
        yield* createTable
        const readAll = Effect.fnUntraced(function* (from: FeedPosition | undefined, limit: number) {
          const seen: Array<string> = []
          for (let position = from; ; ) {
            const page = yield* changes.read(owner, position, limit)
            seen.push(
              ...page.changes.map(
                (change) => `${change.op} ${"value" in change && "name" in change.value ? change.value.name : ""}`
              )
            )
            position = page.position
            if (!page.has_more) return { seen: seen.toSorted(), position }
          }
        })
        const upserts = ["upsert tag", ...[1, 2, 3, 4, 5].map((n) => `upsert wish ${n}`)]
        for (const limit of [1, 2, 5, 200]) {
          const first = yield* readAll(undefined, limit)
          assert.deepStrictEqual(first.seen, upserts)
          assert.deepStrictEqual((yield* readAll(first.position, limit)).seen, [])
        }
        const { position } = yield* readAll(undefined, 200)
        yield* sql`delete from wish where name < 'wish 4'`
        for (const limit of [1, 2, 200]) {
          const second = yield* readAll(position, limit)
          assert.deepStrictEqual(second.seen, ["delete ", "delete ", "delete "])
          assert.deepStrictEqual((yield* readAll(second.position, limit)).seen, [])
        }
      })
    )
  }
)
