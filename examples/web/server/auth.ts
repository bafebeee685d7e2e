import { randomBytes } from "node:crypto"
import { once } from "node:events"
import { mkdirSync, readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:http"
import { join } from "node:path"
import { DatabaseSync } from "node:sqlite"
import { type BetterAuthOptions, betterAuth } from "better-auth"
import { getMigrations } from "better-auth/db/migration"
import { toNodeHandler } from "better-auth/node"
import { jwt } from "better-auth/plugins"

export interface Options {
  readonly port: number
  /** Stores the accounts and the secret. */
  readonly directory: string
  /** The origin of the page. Better Auth refuses requests from others. */
  readonly page: string
}

/** Created at the first start. It encrypts the stored signing keys, so a new one would make them unreadable. */
const secretIn = (directory: string) => {
  const file = join(directory, "auth-secret")
  try {
    writeFileSync(file, randomBytes(32).toString("base64url"), { flag: "wx", mode: 0o600 })
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error
  }
  return readFileSync(file, "utf8")
}

/** Better Auth with email sign-in and access tokens, for development only. */
export const startAuth = async ({ directory, page, port }: Options) => {
  mkdirSync(directory, { recursive: true, mode: 0o700 })
  const url = `http://127.0.0.1:${port}`
  const options = {
    baseURL: url,
    secret: secretIn(directory),
    database: new DatabaseSync(join(directory, "auth.sqlite")),
    trustedOrigins: [page],
    emailAndPassword: { enabled: true },
    telemetry: { enabled: false },
    plugins: [jwt()]
  } satisfies BetterAuthOptions
  await (await getMigrations(options)).runMigrations()
  const auth = betterAuth(options)
  const server = createServer(toNodeHandler(auth))
  server.listen(port, "127.0.0.1")
  await once(server, "listening")
  return { url, auth, close: () => void server.close() }
}
