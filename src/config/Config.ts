import { isUtf8 } from "node:buffer"
import { existsSync, readFileSync } from "node:fs"
import { parseEnv } from "node:util"
import { Data, Effect, Result, Schema, SchemaIssue } from "effect"
import { ConfigSchema, defaults, secretNames, settingNames } from "./Settings.ts"

/** Every error of the configuration, each with the name of its variable and without its value. */
export class InvalidConfig extends Data.TaggedError("InvalidConfig")<{ readonly errors: ReadonlyArray<string> }> {
  override get message() {
    return ["Invalid configuration:", ...this.errors.map((error) => `  ${error}`)].join("\n")
  }
}

export type Config = typeof ConfigSchema.Type

type Variables = Readonly<Record<string, string | undefined>>

const hasJwks = (variables: Variables) => variables.BETTER_AUTH_URL !== undefined || variables.JWKS_URL !== undefined

export const isDeployed = ({ ENVIRONMENT }: { readonly ENVIRONMENT?: string | undefined }) =>
  ENVIRONMENT === "staging" || ENVIRONMENT === "production"

const missing = (variables: Variables, names: ReadonlyArray<string>, when: string) =>
  names.filter((name) => variables[name] === undefined).map((name) => `${name}: must be set when ${when}`)

/** Rules between token settings. Commands that verify no tokens run without these settings. */
function* tokenErrors(variables: Variables) {
  const { BETTER_AUTH_SECRET, BETTER_AUTH_SECRET_PREVIOUS, BETTER_AUTH_URL, ENVIRONMENT, JWKS_URL } = variables
  if (isDeployed(variables) && !hasJwks(variables)) {
    const when = `ENVIRONMENT is ${ENVIRONMENT} and neither BETTER_AUTH_URL nor JWKS_URL is set`
    yield* missing(variables, ["BETTER_AUTH_SECRET"], when)
  }
  // Without issuer and audience, everything else that the issuer signs would be accepted.
  if (JWKS_URL !== undefined && BETTER_AUTH_URL === undefined)
    yield* missing(variables, ["JWT_ISSUER", "JWT_AUDIENCE"], "JWKS_URL is set without BETTER_AUTH_URL")
  if (BETTER_AUTH_SECRET_PREVIOUS !== undefined && BETTER_AUTH_SECRET === undefined)
    yield "BETTER_AUTH_SECRET_PREVIOUS: must not be set without BETTER_AUTH_SECRET"
}

/** Computed from the texts, so that they are reported together with errors of single settings. */
function* databaseErrors(variables: Variables) {
  const { DATABASE_DIRECT_URL, DATABASE_POOL_MAX, DATABASE_POOL_MIN, DATABASE_RLS, WEB_CONCURRENCY } = variables
  if (isDeployed(variables)) yield* missing(variables, ["DATABASE_URL"], `ENVIRONMENT is ${variables.ENVIRONMENT}`)
  if (variables.DATABASE_URL === undefined) {
    if (DATABASE_DIRECT_URL !== undefined) yield "DATABASE_DIRECT_URL: must not be set without DATABASE_URL"
    if (DATABASE_RLS === "on")
      yield "DATABASE_RLS: must not be on without DATABASE_URL, since the embedded database has only a superuser"
    if (Number(WEB_CONCURRENCY) > 1)
      yield "WEB_CONCURRENCY: must be 1 without DATABASE_URL, since the embedded database serves one process"
  }
  if (Number(DATABASE_POOL_MIN) > Number(DATABASE_POOL_MAX))
    yield "DATABASE_POOL_MIN: must not be above DATABASE_POOL_MAX"
}

/** With several workers, each has an admin port of its own. */
function* portErrors({ ADMIN_HOST, ADMIN_PORT, HOST, PORT, WEB_CONCURRENCY }: Variables) {
  const [first, workers] = [Number(ADMIN_PORT), Number(WEB_CONCURRENCY)]
  if (!(first > 0 && workers > 1)) return
  const last = first + workers - 1
  if (last > 65_535) yield `ADMIN_PORT: must be at most ${65_536 - workers} with ${workers} workers`
  if (HOST === ADMIN_HOST && Number(PORT) >= first && Number(PORT) <= last)
    yield `PORT: must not be one of the workers' admin ports, ${first} to ${last}`
}

/**
 * `docker run --env-file` keeps the quotation marks of a file: a secret or an issuer would be another one. A secret may
 * begin or end with one.
 */
function* quotedErrors(given: Variables) {
  for (const name of settingNames.flatMap((name) => [name, `${name}_FILE`])) {
    const quoted = secretNames.includes(name) ? /^(["'`]).*\1$/s : /^["'`]|["'`]$/
    if (quoted.test(given[name] ?? "")) yield `${name}: must not be in quotation marks`
  }
}

const errorCode = (thrown: unknown) =>
  thrown instanceof Error && "code" in thrown ? String(thrown.code) : "unknown error"

/** Without the byte order mark with which editors on Windows begin a file. PowerShell writes UTF-16. */
const readText = (path: string) => {
  const bytes = readFileSync(path)
  if (!isUtf8(bytes) || bytes.includes(0)) throw Object.assign(new Error(), { code: "not UTF-8" })
  return bytes.toString().replace(/^\uFEFF/, "")
}

/** Secrets from the files that `…_FILE` names, as Docker and Kubernetes mount them. */
const readSecretFiles = (variables: Variables) => {
  const secrets: Record<string, string> = {}
  const errors: Array<string> = []
  for (const name of secretNames) {
    const file = variables[`${name}_FILE`]
    if (file === undefined) continue
    if (variables[name] !== undefined) errors.push(`${name}_FILE: must not be set together with ${name}`)
    try {
      secrets[name] = readText(file).trim()
    } catch (thrown) {
      errors.push(`${name}_FILE: cannot be read (${errorCode(thrown)})`)
    }
  }
  return { secrets, errors }
}

const formatIssue = SchemaIssue.makeFormatterStandardSchemaV1()

/**
 * Reads and validates all settings. White space around a value does not count, and an empty variable is absent.
 * `needsTokens`: the command verifies tokens.
 */
export const read = (
  environment: Variables,
  { needsTokens } = { needsTokens: true }
): Effect.Effect<Config, InvalidConfig> => {
  // A file with the line ends of Windows leaves a carriage return at the end of every value.
  const trimmed = Object.entries(environment).map(([name, text = ""]) => [name, text.trim()] as const)
  const given: Variables = Object.fromEntries(trimmed.filter(([, text]) => text !== ""))
  const { errors: fileErrors, secrets } = readSecretFiles(given)
  const variables: Record<string, string | undefined> = { ...defaults, ...given, ...secrets }
  // The secret of a Better Auth project also signs other things than access tokens.
  if (hasJwks(variables)) {
    delete variables.BETTER_AUTH_SECRET
    delete variables.BETTER_AUTH_SECRET_PREVIOUS
  }
  const config = Schema.decodeUnknownResult(ConfigSchema)(variables, { errors: "all" })
  const errors = [
    ...fileErrors,
    ...(Result.isFailure(config)
      ? formatIssue(config.failure.issue).issues.map(({ path, message }) => `${String(path?.[0])}: ${message}`)
      : []),
    ...quotedErrors(given),
    ...(needsTokens ? tokenErrors(variables) : []),
    ...databaseErrors(variables),
    ...portErrors(variables)
  ]
  return Result.isSuccess(config) && errors.length === 0
    ? Effect.succeed(config.success)
    : Effect.fail(new InvalidConfig({ errors }))
}

/** Set by the supervisor for each of its workers. */
export const workerVariable = "TASKS_WORKER"

/** The number of this worker, from 0; a replacement has the same. `undefined` without workers. */
export const workerIndex = () => {
  const index = process.env[workerVariable]
  return index === undefined ? undefined : Number(index)
}

/** How often the supervisor has replaced this worker. Set by the supervisor, for the metrics. */
export const workerRestartsVariable = "TASKS_WORKER_RESTARTS"

export const workerRestarts = () => Number(process.env[workerRestartsVariable] ?? 0)

/** The variables of a file, if there is one. */
export const readEnvFile = (path: string) =>
  Effect.try({
    try: (): Variables => (existsSync(path) ? parseEnv(readText(path)) : {}),
    catch: (thrown) => new InvalidConfig({ errors: [`.env: cannot be read (${errorCode(thrown)})`] })
  })

/** The configuration of this process. Its environment overrides the file `.env` in the working directory. */
export const load = (options?: Parameters<typeof read>[1]) =>
  Effect.flatMap(readEnvFile(".env"), (inFile) => read({ ...inFile, ...process.env }, options))
