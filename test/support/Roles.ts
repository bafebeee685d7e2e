import { randomBytes } from "node:crypto"
import { readFileSync } from "node:fs"
import { Effect } from "effect"
import { administer } from "./PostgresServer.ts"

const script = readFileSync(new URL("../../deploy/roles.sql", import.meta.url), "utf8")

export interface Names {
  readonly database: string
  readonly owner: string
  readonly service: string
}

/** The names in deploy/roles.sql. */
export const scriptNames: Names = { database: "tasks", owner: "tasks_owner", service: "tasks_service" }

interface Passwords {
  readonly owner: string
  readonly service: string
}

/** The statements of deploy/roles.sql as psql sends them, with other names. */
export const statements = ({ database, owner, service }: Names, passwords: Passwords) =>
  script
    .replaceAll(/^(\\|--).*$/gm, "")
    .replaceAll(":'owner_password'", `'${passwords.owner}'`)
    .replaceAll(":'service_password'", `'${passwords.service}'`)
    .replaceAll(scriptNames.owner, owner)
    .replaceAll(scriptNames.service, service)
    .replaceAll(`database ${scriptNames.database} `, `database ${database} `)
    .split(/;$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== "")

/**
 * Creates the two roles in the database of this URL, whose role is a superuser, and runs `migrate` as the owner.
 * Returns the URLs of the two roles.
 */
export const createRoles = Effect.fnUntraced(function* <E, R>(
  superuser: string,
  names: Names,
  migrate: (owner: string) => Effect.Effect<unknown, E, R>
) {
  const passwords = { owner: randomBytes(16).toString("hex"), service: randomBytes(16).toString("hex") }
  yield* administer(superuser, (sql) =>
    Effect.forEach(statements(names, passwords), (statement) => sql.unsafe(statement), { discard: true })
  )
  const urlOf = (username: string, password: string) => Object.assign(new URL(superuser), { username, password }).href
  const owner = urlOf(names.owner, passwords.owner)
  yield* migrate(owner)
  return { owner, service: urlOf(names.service, passwords.service) }
})
