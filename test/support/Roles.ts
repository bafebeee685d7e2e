import { randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { Effect } from "effect"
import { administer } from "./PostgresServer.ts"

const readme = readFileSync(new URL("../../README.md", import.meta.url), "utf8")
const section = /^## Least privilege$(.*?)^## /ms.exec(readme)?.[1] ?? ""
const blocks = Array.from(section.matchAll(/^```sql\n(.*?)^```$/gms), ([, block = ""]) => block)

export interface Names {
  readonly database: string
  readonly owner: string
  readonly service: string
}

/** As the README has them. */
export const literal: Names = { database: "tasks", owner: "tasks_owner", service: "tasks_service" }

/** One of the README's blocks of SQL, statement by statement. */
const run = (url: string, block: string | undefined, { database, owner, service }: Names) =>
  administer(url, (sql) =>
    Effect.forEach(
      (block ?? "")
        .replaceAll(literal.owner, owner)
        .replaceAll(literal.service, service)
        .replaceAll(`database ${literal.database} `, `database ${database} `)
        .split(/;$/m)
        .filter((statement) => statement.trim() !== ""),
      (statement) => sql.unsafe(statement),
      { discard: true }
    )
  )

/**
 * What the README tells to do, in the database of this URL, which is a superuser's. `migrate` is done
 * between the two blocks, as the owner. Yields the URLs of the two roles.
 */
export const make = Effect.fnUntraced(function* <E, R>(
  superuser: string,
  names: Names,
  migrate: (owner: string) => Effect.Effect<unknown, E, R>
) {
  yield* run(superuser, blocks[0], names)
  const urlOf = Effect.fnUntraced(function* (role: string) {
    const password = randomBytes(16).toString("hex")
    yield* administer(superuser, (sql) => sql.unsafe(`alter role ${role} password '${password}'`))
    return Object.assign(new URL(superuser), { username: role, password }).href
  })
  const owner = yield* urlOf(names.owner)
  const service = yield* urlOf(names.service)
  yield* migrate(owner)
  yield* run(owner, blocks[1], names)
  return { owner, service }
})
