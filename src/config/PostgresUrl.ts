import { readFileSync } from "node:fs"
import type { ConnectionOptions } from "node:tls"

/** Where and how to connect, as libpq reads it from a URL. */
export interface PostgresUrl {
  /** In the order in which they are tried. A host that begins with a slash is the directory of a Unix socket. */
  readonly hosts: ReadonlyArray<{ readonly host: string; readonly port: number }>
  readonly username: string | undefined
  readonly password: string | undefined
  readonly database: string | undefined
  readonly applicationName: string | undefined
  readonly options: string | undefined
  /** For each attempt to connect, in seconds. */
  readonly connectTimeout: number | undefined
  /** Whether only a server that accepts writes is used. */
  readonly isWritable: boolean
  /** `prefer` falls back to plaintext where the server refuses TLS. */
  readonly tls: "disable" | "prefer" | "require"
  /** Options of TLS that decide what is verified. */
  readonly tlsOptions: ConnectionOptions
}

/** What is wrong with a URL, by the names of its parameters and without their values. */
export class InvalidPostgresUrl extends Error {}

const form = "must be a URL like postgresql://user:password@host:5432/database"
const syntax = /^postgres(?:ql)?:\/\/(?:([^@/?#]*)@)?([^/?#]*)(?:\/([^?#]*))?(?:\?([^#]*))?$/

const fail = (message: string): never => {
  throw new InvalidPostgresUrl(message)
}

const decode = (text: string, name: string) => {
  // In the messages to the server NUL ends a text.
  if (text.includes("%00")) fail(`${name} must not contain %00`)
  try {
    return decodeURIComponent(text)
  } catch {
    return fail(`${name} is not percent-encoded`)
  }
}

/** A list has all supported values. */
const parameterRules = new Map<string, "text" | "number" | ReadonlyArray<string>>([
  ...["host", "port", "user", "password", "dbname", "options", "application_name", "fallback_application_name"]
    .concat("sslrootcert", "sslcert", "sslkey")
    .map((name) => [name, "text"] as const),
  ["sslmode", ["disable", "prefer", "require", "verify-ca", "verify-full"]],
  ["channel_binding", ["disable", "prefer", "require"]],
  ["connect_timeout", "number"],
  ["target_session_attrs", ["any", "read-write", "primary"]],
  ["load_balance_hosts", ["disable"]],
  ["ssl", ["true"]],
  ["sslnegotiation", ["postgres"]],
  ["sslcompression", ["0"]],
  ["sslsni", ["1"]],
  ["sslcertmode", ["allow"]],
  ["gssencmode", ["disable", "prefer"]],
  ["client_encoding", ["UTF8", "UTF-8", "utf8", "utf-8", "auto"]],
  ["replication", ["false", "off", "no", "0"]],
  // Of node-postgres: with it sslmode has the meaning that it has here.
  ["uselibpqcompat", ["true"]],
  // Without effect: the service detects dead connections sooner, within the time limit of a statement.
  ["keepalives", ["0", "1"]],
  ...["keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout"].map(
    (name) => [name, "number"] as const
  )
])

/** What to do instead of setting a parameter that is not supported. */
const alternatives = new Map([
  ["passfile", "put the URL with its password into a file and set DATABASE_URL_FILE"],
  ["service", "no service file is read"],
  ["hostaddr", "use host"],
  ["schema", "use options=-c%20search_path%3DNAME"],
  ["pgbouncer", "set DATABASE_DIRECT_URL to a URL without the pooler"],
  ["connection_limit", "use DATABASE_POOL_MAX"],
  ["pool_timeout", "use DATABASE_QUERY_TIMEOUT"]
])

const checkParameter = (name: string, value: string) => {
  const rule = parameterRules.get(name)
  if (rule === undefined) {
    const alternative = alternatives.get(name)
    const reason = alternative === undefined ? "" : `: ${alternative}`
    return fail(`the parameter ${name.replaceAll(/[^\w.-]/g, "?")} is not supported${reason}`)
  }
  if (rule === "number" && !/^\d{1,9}$/.test(value)) return fail(`${name} must be a number`)
  if (typeof rule === "object" && !rule.includes(value)) {
    return fail(`${name} must be ${rule.length === 1 ? rule[0] : `one of ${rule.join(", ")}`}`)
  }
}

const parametersOf = (query: string) => {
  const parameters: Record<string, string> = {}
  for (const entry of query.split("&")) {
    if (entry === "") continue
    const end = entry.indexOf("=")
    const name = decode(end < 0 ? entry : entry.slice(0, end), "a parameter's name")
    parameters[name] = end < 0 ? "" : decode(entry.slice(end + 1), name)
    checkParameter(name, parameters[name])
  }
  return parameters
}

const parsePort = (text: string) => {
  const port = Number(text === "" ? 5432 : text)
  return /^\d{0,5}$/.test(text) && port >= 1 && port <= 65_535 ? port : fail("port must be a number from 1 to 65535")
}

/** `host:port`, with brackets around an IPv6 address. */
const parseAuthority = (text: string) => {
  const [, bracketed, host = "", port = ""] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/.exec(text) ?? fail(form)
  return { host: decode(bracketed ?? host, "host"), port }
}

const hostsOf = (authority: string, { host, port }: Readonly<Record<string, string>>) => {
  if (authority === "" && host === undefined) fail("must name a host")
  const given = authority.split(",").map(parseAuthority)
  const names = host === undefined ? given.map((one) => one.host) : host.split(",")
  const ports = port === undefined ? given.map((one) => one.port) : port.split(",")
  if (ports.length !== 1 && ports.length !== names.length) fail("port must have one entry, or one for each host")
  return names.map((name, n) => ({
    host: name === "" ? "localhost" : name,
    port: parsePort((ports.length === 1 ? ports[0] : ports[n]) ?? "")
  }))
}

const readPem = (parameters: Readonly<Record<string, string>>, name: string) => {
  const file = parameters[name]
  if (file === undefined) return undefined
  try {
    return readFileSync(file)
  } catch {
    return fail(`the file of ${name} cannot be read`)
  }
}

const ignoreName = () => undefined

/** https://www.postgresql.org/docs/current/libpq-ssl.html, but no files in the home directory are read. */
const tlsOf = (parameters: Readonly<Record<string, string>>): Pick<PostgresUrl, "tls" | "tlsOptions"> => {
  const { channel_binding = "prefer", sslcert, sslkey, sslrootcert } = parameters
  // `ssl=true` of JDBC means this to libpq, too.
  const { sslmode = parameters.ssl === "true" ? "require" : "prefer" } = parameters
  if ((sslcert === undefined) !== (sslkey === undefined)) fail("sslcert and sslkey must be set together")
  // The certificate authorities that Node.js trusts.
  const isSystem = sslrootcert === "system"
  if (isSystem && sslmode !== "verify-full") fail("sslrootcert=system needs sslmode=verify-full")
  if (sslmode === "verify-ca" && sslrootcert === undefined) fail("sslmode=verify-ca needs sslrootcert")
  const ca = isSystem ? undefined : readPem(parameters, "sslrootcert")
  const [cert, key] = [readPem(parameters, "sslcert"), readPem(parameters, "sslkey")]
  const files = { ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) }
  // The driver does not bind channels, which would reveal a server in between. A certificate that is not the host's
  // reveals it, too: "require", which is in Neon's URLs, means what sslmode=verify-full means.
  const isBound = channel_binding === "require"
  if (isBound && ["disable", "prefer"].includes(sslmode))
    fail("channel_binding=require needs sslmode=require or a stricter one")
  if (sslmode === "disable") return { tls: "disable", tlsOptions: {} }
  const tls = sslmode === "prefer" ? "prefer" : "require"
  if (isBound || sslmode === "verify-full") return { tls, tlsOptions: files }
  // As in libpq: with a root certificate "require" means verify-ca.
  return sslmode === "verify-ca" || (sslmode === "require" && ca !== undefined)
    ? { tls, tlsOptions: { ...files, checkServerIdentity: ignoreName } }
    : { tls, tlsOptions: { ...files, rejectUnauthorized: false } }
}

// Passwords with these characters are the most common error in URLs, and what follows them is misread.
const unencoded = /^[^@/?#]*:\/\/[^@/?#]*[/?#][^@]*@/

/** Throws `InvalidPostgresUrl` for what it does not understand. */
export const parsePostgresUrl = (text: string): PostgresUrl => {
  const match = syntax.exec(text)
  if (match === null) return fail(form)
  const [, userInfo, authority = "", path = "", query = ""] = match
  if (authority.includes("@")) fail("an @ in the user or the password must be written as %40")
  // The beginning of a password can look like a port.
  if (userInfo === undefined && path.includes("@")) fail(form)
  const parameters = parametersOf(query)
  const [, user, secret] = /^([^:]*)(?::(.*))?$/.exec(userInfo ?? "") ?? []
  return {
    hosts: hostsOf(authority, parameters),
    username: parameters.user ?? (user ? decode(user, "user") : undefined),
    password: parameters.password ?? (secret === undefined ? undefined : decode(secret, "password")),
    database: parameters.dbname ?? (path === "" ? undefined : decode(path, "the database's name")),
    applicationName: parameters.application_name ?? parameters.fallback_application_name,
    options: parameters.options,
    // 0 is no limit to libpq, and to the service its own limit.
    connectTimeout: Number(parameters.connect_timeout ?? 0) || undefined,
    isWritable: ["read-write", "primary"].includes(parameters.target_session_attrs ?? "any"),
    ...tlsOf(parameters)
  }
}

/** What is wrong with a URL, or `undefined`. */
export const postgresUrlError = (text: string) => {
  try {
    parsePostgresUrl(text)
    return undefined
  } catch (thrown) {
    if (unencoded.test(text)) return "/, ? and # in the user or the password must be written as %2F, %3F and %23"
    return thrown instanceof InvalidPostgresUrl ? thrown.message : form
  }
}

/** Whether a connection proves that it is the server of the URL, or one with a certificate of its authority. */
export const isVerified = ({ tls, tlsOptions }: PostgresUrl) =>
  tls === "require" && tlsOptions.rejectUnauthorized !== false

/** Whether there is no network between this machine and the host. */
export const isLocalHost = (host: string) => host.startsWith("/") || ["localhost", "127.0.0.1", "::1"].includes(host)
