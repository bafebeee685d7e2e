import { assert, layer } from "@effect/vitest"
import { Duration, Effect, Layer, Redacted, Stream } from "effect"
import { SqlClient } from "effect/sql"
import * as PostgresDatabase from "../../src/database/PostgresDatabase.ts"
import { UserId } from "../../src/domain/User.ts"
import { AccountRepo } from "../../src/repositories/AccountRepo.ts"
import { contentOf } from "../support/Account.ts"
import { make, settings } from "../support/TestDatabase.ts"
import { generateExport, toNdjson, unordered } from "./exportData.ts"
import { importText } from "./importText.ts"

const impatient = { ...settings, DATABASE_QUERY_TIMEOUT: Duration.millis(1500) }

const database = Layer.unwrap(Effect.map(make, (url) => PostgresDatabase.layer(impatient, Redacted.make(url))))

layer(Layer.provideMerge(AccountRepo.layer, Layer.orDie(database)), { excludeTestServices: true, timeout: 120_000 })(
  "An import into a database that takes long for each row",
  (it) => {
    it.effect("writes fewer rows at once, and every row once", () =>
      Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const owner = UserId.make("ada")
        // Fewer rows get a parent than are inserted.
        yield* sql`
          create function doze() returns trigger language plpgsql as
            'begin perform pg_sleep(case tg_op when ''INSERT'' then 0.006 else 0.02 end); return new; end'
        `
        yield* sql`
          create trigger doze before insert or update of parent_id on task for each row execute function doze()
        `
        const records = yield* generateExport(400)
        const { messages, summary } = yield* importText(owner, toNdjson(records), "export.ndjson")
        assert.deepStrictEqual(messages, [])
        assert.deepStrictEqual(summary.counts.added, { project: 10, tag: 10, task: 400, completion: 0 })
        const account = yield* AccountRepo
        const copy = yield* Stream.runCollect(yield* account.streamAll(owner))
        assert.isTrue(unordered(contentOf(toNdjson(copy))).join("\n") === unordered(records).join("\n"))
      })
    )
  }
)
