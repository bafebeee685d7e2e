import { createHash } from "node:crypto"
import { mkdir, realpath, unlink } from "node:fs/promises"
import { connect, createServer, type Server } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { Effect, Schema, type Scope } from "effect"

export class DirectoryInUse extends Schema.TaggedError<DirectoryInUse>()("DirectoryInUse", {
  directory: Schema.String,
  message: Schema.String
}) {}

export class DirectoryUnusable extends Schema.TaggedError<DirectoryUnusable>()("DirectoryUnusable", {
  directory: Schema.String,
  message: Schema.String,
  cause: Schema.Defect()
}) {}

/**
 * Locks a directory against other processes until the scope closes, and creates it if it is missing. Yields its real path.
 * The kernel releases the lock when the process ends, for whatever reason.
 */
export const acquire = Effect.fnUntraced(function* (
  directory: string
): Effect.fn.Return<string, DirectoryInUse | DirectoryUnusable, Scope.Scope> {
  const unusable = (cause: unknown) =>
    new DirectoryUnusable({ directory, message: `The directory ${directory} cannot be used: ${cause}`, cause })
  const path = yield* Effect.tryPromise({
    try: () => mkdir(directory, { recursive: true, mode: 0o700 }).then(() => realpath(directory)),
    catch: unusable
  })
  const name = lockName(path)
  const hold = listen(name).pipe(
    Effect.catchIf(
      (cause) => cause.code === "EADDRINUSE" && isFile(name),
      (cause) => Effect.andThen(removeStale(name, cause), listen(name))
    ),
    Effect.mapError((cause) =>
      cause.code === "EADDRINUSE"
        ? new DirectoryInUse({
            directory: path,
            message: `The directory ${path} is open in another process. Stop that process, or set DATA_DIR or DATABASE_URL.`
          })
        : unusable(cause)
    )
  )
  yield* Effect.acquireRelease(hold, (server) =>
    Effect.callback<void>((resume) => void server.close(() => resume(Effect.void)))
  )
  return path
})

// A socket name in the kernel instead of a file: a lock file outlives a killed process, and its process id may be reused.
// Abstract names belong to a network namespace, so two containers that share a volume do not see each other's.
const lockName = (path: string): string => {
  const name = `effect-tasks-${createHash("sha256").update(path).digest("hex").slice(0, 32)}`
  switch (process.platform) {
    case "linux":
      return `\0${name}`
    case "win32":
      return `\\\\.\\pipe\\${name}`
    default:
      return join(tmpdir(), name)
  }
}

const isFile = (name: string): boolean => name.startsWith("/")

const listen = (name: string): Effect.Effect<Server, NodeJS.ErrnoException> =>
  Effect.callback((resume) => {
    const server = createServer((socket) => socket.destroy())
    server.once("error", (cause) => resume(Effect.fail(cause)))
    // In a cluster's worker a listener is otherwise the primary's, and shared by all workers.
    server.listen({ path: name, exclusive: true }, () => resume(Effect.succeed(server)))
    server.unref()
  })

const removeStale = (name: string, inUse: NodeJS.ErrnoException): Effect.Effect<void, NodeJS.ErrnoException> =>
  Effect.callback((resume) => {
    const socket = connect(name)
    socket.once("connect", () => {
      socket.destroy()
      resume(Effect.fail(inUse))
    })
    socket.once("error", (cause: NodeJS.ErrnoException) =>
      resume(cause.code === "ECONNREFUSED" ? Effect.ignore(Effect.tryPromise(() => unlink(name))) : Effect.fail(inUse))
    )
  })
