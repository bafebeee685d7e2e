import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { layerPg } from "../support/TestDatabase.ts"

// What a database that is distributed by user requires of its tables.
layer(layerPg, { timeout: 300_000 })("Tables in the catalog", (it) => {
  it.effect("all have user_id, except schema_migration", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const without = yield* sql<{ name: string }>`
        select relname as name from pg_class
        where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace and not exists (
          select from pg_attribute where attrelid = pg_class.oid and attname = 'user_id' and attnotnull
        )
      `
      assert.deepStrictEqual(without, [{ name: "schema_migration" }])
    })
  )

  it.effect("begin every key, unique index and foreign key with user_id", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const found = yield* sql<{ kind: string; name: string; first: string }>`
        select 'unique' as kind, indexrelid::regclass::text as name, pg_get_indexdef(indexrelid, 1, true) as first
        from pg_index join pg_class on pg_class.oid = indrelid
        where indisunique and relnamespace = 'public'::regnamespace and relname <> 'schema_migration'
        union all
        select 'foreign key', conname, concat_ws(' ', own.attname, other.attname)
        from pg_constraint
        join pg_attribute as own on own.attrelid = conrelid and own.attnum = conkey[1]
        join pg_attribute as other on other.attrelid = confrelid and other.attnum = confkey[1]
        where contype = 'f' and connamespace = 'public'::regnamespace
      `
      assert.deepStrictEqual(
        found.filter(({ first, kind }) => first !== (kind === "unique" ? "user_id" : "user_id user_id")),
        []
      )
      // Not for nothing: a key of each table, the names of tags, and what tasks and their tags refer to.
      assert.includeMembers(
        found.map(({ name }) => name),
        ["task_pkey", "task_tag_pkey", "idempotency_key_pkey", "tag_name_unique", "task_project_id", "task_tag_tag_id"]
      )
    })
  )

  it.effect("have the policy tenant_isolation, whether row-level security is enabled or not", () =>
    Effect.gen(function* () {
      const sql = yield* SqlClient.SqlClient
      const without = yield* sql<{ name: string }>`
        select attrelid::regclass::text as name from pg_attribute join pg_class on pg_class.oid = attrelid
        where attname = 'user_id' and relkind in ('r', 'p') and relnamespace = 'public'::regnamespace
          and not exists (select from pg_policy where polrelid = attrelid and polname = 'tenant_isolation')
      `
      assert.deepStrictEqual(without, [])
    })
  )
})
