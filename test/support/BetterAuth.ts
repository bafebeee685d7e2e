import { once } from "node:events"
import { createServer, type Server } from "node:http"
import { DatabaseSync } from "node:sqlite"
import { type BetterAuthOptions, betterAuth } from "better-auth"
import { getMigrations } from "better-auth/db/migration"
import { toNodeHandler } from "better-auth/node"
import { bearer, jwt } from "better-auth/plugins"
import { Effect, type Scope } from "effect"

export interface Person {
  readonly email: string
  readonly password: string
  readonly name: string
}

/** The result of a sign-up. It contains no JWT for the API. */
export interface SignedUp {
  readonly user: { readonly id: string; readonly email: string; readonly name: string }
  /** The session token of the body. */
  readonly session: string
  /** The same with its signature, as the bearer plugin sends it in `set-auth-token`. */
  readonly signedSession: string
  /** The value of every cookie, by its name. */
  readonly cookies: Readonly<Record<string, string>>
}

export interface BetterAuth {
  /** The base URL, for BETTER_AUTH_URL. */
  readonly url: string
  /** Of the endpoints, `/api/auth` behind the base URL unless that has a path of its own. */
  readonly api: string
  /** Better Auth's own secret. */
  readonly secret: string
  readonly signUp: (person: Person) => Effect.Effect<SignedUp>
  /** The JWT that Better Auth gives for a session token. */
  readonly jwt: (session: string) => Effect.Effect<string>
  /** Expires the signing key: the next token is signed by a new one. */
  readonly rotate: Effect.Effect<void>
  /** Ends the grace period of old keys: Better Auth stops publishing them. */
  readonly removeOldKeys: Effect.Effect<void>
  /** The number of requests for the JWKS that have a response, sent or delayed. */
  readonly keyRequests: Effect.Effect<number>
  /** Delays responses with the JWKS until the returned effect runs. */
  readonly holdKeys: Effect.Effect<Effect.Effect<void>>
  /** The tokens in the verification mails that were sent. */
  readonly mailed: ReadonlyArray<string>
  readonly stop: Effect.Effect<void>
  /** Starts again on the same port, with the same data. */
  readonly start: Effect.Effect<void>
}

export interface Options {
  /** The path of the base URL; Better Auth's default where there is none. */
  readonly path?: string
  /** What keeps the session in a cookie, so that not every request looks it up. */
  readonly cookieCache?: "compact" | "jwe" | "jwt"
  /** Whether that cookie is signed by the published keys. */
  readonly cookieCacheByKeys?: boolean
}

const optionsOf = (url: string, { cookieCache, cookieCacheByKeys = false }: Options, mailed: Array<string>) =>
  ({
    baseURL: url,
    secret: "vT4mQ8zKe1RbYx7LwNc3UhPa9SdG2fJo",
    database: new DatabaseSync(":memory:"),
    emailAndPassword: { enabled: true },
    emailVerification: { sendOnSignUp: true, sendVerificationEmail: async ({ token }) => void mailed.push(token) },
    ...(cookieCache !== undefined && { session: { cookieCache: { enabled: true, strategy: cookieCache } } }),
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    // A key signs until `rotate`; then it is published for the default grace period of 30 days.
    plugins: [jwt({ sessionCookieCache: cookieCacheByKeys }), bearer()]
  }) satisfies BetterAuthOptions

const listen = (server: Server, port: number) =>
  Effect.promise(async () => {
    server.listen(port, "127.0.0.1")
    await once(server, "listening")
    const address = server.address()
    return typeof address === "object" && address !== null ? address.port : 0
  })

const cookiesOf = (headers: Headers) =>
  Object.fromEntries(
    headers.getSetCookie().map((cookie) => {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
      return [name, decodeURIComponent(value)]
    })
  )

/** A real Better Auth server on a local port with an in-memory database, stopped with the scope. */
export const make = Effect.fnUntraced(function* (
  options: Options = {}
): Effect.fn.Return<BetterAuth, never, Scope.Scope> {
  const server = createServer()
  const port = yield* listen(server, 0)
  const stop = Effect.promise(async () => {
    if (!server.listening) return
    server.close()
    server.closeAllConnections()
    await once(server, "close")
  })
  yield* Effect.addFinalizer(() => stop)

  const url = `http://127.0.0.1:${port}${options.path ?? ""}`
  const api = options.path === undefined ? `${url}/api/auth` : url
  const mailed: Array<string> = []
  const config = optionsOf(url, options, mailed)
  // Before Better Auth looks: it says loudly what is missing.
  yield* Effect.promise(async () => (await getMigrations(config)).runMigrations())
  const auth = betterAuth(config)
  const handler = toNodeHandler(auth)

  let keyRequests = 0
  let held: Promise<void> | undefined
  server.on("request", async (request, response) => {
    if (request.url !== new URL(`${api}/jwks`).pathname) return handler(request, response)
    const answer = await auth.handler(new Request(`${api}/jwks`))
    const body = await answer.text()
    keyRequests++
    await held
    response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(body)
  })

  const call = (path: string, { headers, ...init }: RequestInit & { headers: Record<string, string> }) =>
    Effect.promise(async () => {
      // A connection kept from before a stop would fail the first call after it.
      const response = await fetch(`${api}${path}`, { ...init, headers: { ...headers, connection: "close" } })
      if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
      return { headers: response.headers, body: JSON.parse(await response.text()) }
    })

  /** Ages keys without waiting. */
  const expire = (which: "signing" | "former", at: Date) =>
    Effect.promise(async () => {
      const { adapter } = await auth.$context
      const operator = which === "signing" ? "eq" : "ne"
      await adapter.updateMany({
        model: "jwks",
        where: [{ field: "expiresAt", operator, value: null }],
        update: { expiresAt: at }
      })
    })

  return {
    url,
    api,
    secret: config.secret,
    mailed,
    signUp: Effect.fnUntraced(function* (person: Person) {
      const { body, headers } = yield* call("/sign-up/email", {
        method: "POST",
        // Better Auth takes Node's fetch for a browser, and browsers send Origin.
        headers: { "content-type": "application/json", origin: new URL(url).origin },
        body: JSON.stringify(person)
      })
      const signedSession = headers.get("set-auth-token") ?? ""
      return { user: body.user, session: body.token, signedSession, cookies: cookiesOf(headers) }
    }),
    jwt: (session) =>
      Effect.map(call("/token", { headers: { authorization: `Bearer ${session}` } }), ({ body }) => body.token),
    rotate: Effect.suspend(() => expire("signing", new Date(Date.now() - 1))),
    removeOldKeys: expire("former", new Date(0)),
    keyRequests: Effect.sync(() => keyRequests),
    holdKeys: Effect.sync(() => {
      const { promise, resolve } = Promise.withResolvers<void>()
      held = promise
      return Effect.sync(resolve)
    }),
    stop,
    start: Effect.asVoid(Effect.suspend(() => listen(server, port)))
  }
})
