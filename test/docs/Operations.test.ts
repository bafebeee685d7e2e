import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { PgClient } from "@effect/sql-pg"
import { assert, describe, it } from "@effect/vitest"
import { Effect, Redacted } from "effect"
import { SqlClient } from "effect/sql"
import { pageOf } from "../support/Markdown.ts"
import { root } from "../support/Process.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

const { blocks, text } = pageOf("docs/operations.md")
const namesIn = (text: string, pattern: RegExp) => new Set(Array.from(text.matchAll(pattern), ([, name = ""]) => name))

describe("docs/operations.md", () => {
  it.live("has statements that count the rows of each user again", () =>
    Effect.gen(function* () {
      const url = Redacted.make(yield* TestDatabase.make)
      yield* Effect.gen(function* () {
        const sql = yield* SqlClient.SqlClient
        const [most = "", again = ""] = blocks.flatMap(({ language, text }) => (language === "sql" ? [text] : []))
        yield* sql`alter table task disable trigger user`
        yield* sql`insert into task (user_id, id, title) values ('ada', gen_random_uuid(), 'a'), ('ada', gen_random_uuid(), 'b')`
        yield* sql`alter table task enable trigger user`
        assert.deepStrictEqual(yield* sql.unsafe(most), [])
        for (const statement of again.split(";").filter((one) => one.trim() !== "")) yield* sql.unsafe(statement)
        assert.deepStrictEqual(yield* sql.unsafe(most), [{ user_id: "ada", tasks: 2n }])
      }).pipe(Effect.provide(PgClient.layer({ url, maxConnections: 1 })))
    })
  )

  it("lists every metric of the service, and no other", () => {
    const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts"))
      .map((file) => readFileSync(join(root, "src", file), "utf8"))
      .join("\n")
    const metric = /"((?:change|db|event|http|log|nodejs|process|quota|rate|tasks|token|worker)_[a-z0-9_]+)"/g
    const table = /<!-- metrics -->(.*)<!-- end of metrics -->/s.exec(text)?.[1] ?? ""
    const isMetric = (name: string) => /_(total|seconds|bytes|info|in_use|waiting|connections|open|streams)$/.test(name)
    const names = Array.from(namesIn(sources, metric)).filter(isMetric)
    const documented = Array.from(namesIn(table, /`([a-z0-9]+(?:_[a-z0-9]+)+)`/g))
    assert.sameMembers(documented, names)
  })

  it("lists every command of tasks", () => {
    const tasks = readFileSync(join(root, "src/cli/Tasks.ts"), "utf8")
    const commands = namesIn(tasks, /from "\.\/(Doctor|Export|Import|Migrate|Openapi|Seed|Serve|Token)\.ts"/g)
    for (const name of commands) assert.include(text, `tasks ${name.toLowerCase()}`)
  })
})
