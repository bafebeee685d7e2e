import { existsSync } from "node:fs"
import { join } from "node:path"
import { Duplex } from "node:stream"
import { setFlagsFromString } from "node:v8"
import type { PGlite } from "@electric-sql/pglite"
import { Effect, FiberSet, Queue, Schema, type Scope, Semaphore } from "effect"
import { acquire, type DirectoryInUse, DirectoryUnusable } from "./DirectoryLock.ts"
import {
  cancelRequest,
  closeStatements,
  greeting,
  makeSplitter,
  messages,
  rollback,
  sslRequest,
  typeOf
} from "./PgliteProtocol.ts"
import { readTemplate } from "./PgliteTemplate.ts"

/** The package is missing, as in a deployed bundle: the service needs PostgreSQL. */
export class PgliteNotInstalled extends Schema.TaggedError<PgliteNotInstalled>()("PgliteNotInstalled", {
  message: Schema.String,
  cause: Schema.Defect()
}) {}

/** The default of 128 MB would be resident after each start. */
const sharedBuffers = "shared_buffers=8MB"

// Imported only when it is opened: a service with PostgreSQL starts without it.
const load = Effect.tryPromise({
  try: () => {
    // V8 optimizes a WebAssembly function after 13 million units of work by default, which is a third of the time that a
    // start takes. Functions that are used ten times as much are optimized all the same.
    setFlagsFromString("--wasm-tiering-budget=100000000")
    return import("@electric-sql/pglite")
  },
  catch: (cause) =>
    new PgliteNotInstalled({
      message: "The embedded database cannot be used: @electric-sql/pglite is not installed here. Set DATABASE_URL.",
      cause
    })
})

/**
 * Opens PGlite in a directory and yields the `stream` option of `PgClient`: each call is one more connection to the one
 * session. A transaction holds the other connections back; `SET`, temporary tables and session locks are common to all.
 */
export const open = Effect.fnUntraced(function* (
  dataDirectory: string,
  template: () => Promise<Blob | undefined> = readTemplate
): Effect.fn.Return<() => Duplex, PgliteNotInstalled | DirectoryInUse | DirectoryUnusable, Scope.Scope> {
  const { PGlite } = yield* load
  const directory = yield* acquire(dataDirectory)
  const connections = new Set<Duplex>()
  const create = async () => {
    const loadDataDir = existsSync(join(directory, "PG_VERSION")) ? undefined : await template()
    return PGlite.create(directory, {
      startParams: [...PGlite.defaultStartParams, "-c", sharedBuffers],
      initDbStartParams: ["--no-sync", "-c", sharedBuffers],
      ...(loadDataDir && { loadDataDir })
    })
  }
  const execute = yield* start(directory, create, (cause) => {
    for (const connection of connections) connection.destroy(cause)
  })
  const session = yield* Semaphore.make(1)
  const fork = yield* FiberSet.makeRuntime()

  // Notifications of all channels that any connection listens to arrive in the one session, so every connection receives
  // them. PgClient ignores other channels, as it must with a real server when a notification crosses its UNLISTEN.
  const answer = Effect.fnUntraced(function* (connection: Duplex, batch: Buffer) {
    const response = yield* execute(batch)
    let status: string | undefined
    for (const message of messages(response)) {
      if (typeOf(message) === "Z") status = String.fromCharCode(message[5] ?? 0)
      if (typeOf(message) !== "A") continue
      for (const other of connections) if (other !== connection) other.push(message)
    }
    connection.push(response)
    return status
  })

  // The permit is the session, and its queue is fair. A connection keeps it while a transaction is open and also after a
  // Flush, which is not answered with ReadyForQuery.
  const cycle = Effect.fnUntraced(
    function* (connection: Duplex, batches: Queue.Dequeue<Buffer>, first: Buffer) {
      let status = yield* answer(connection, first)
      while (status !== "I") status = yield* answer(connection, yield* Queue.take(batches))
    },
    Effect.onInterrupt(() => Effect.ignore(execute(rollback))),
    session.withPermit
  )

  const serve = (connection: Duplex, batches: Queue.Dequeue<Buffer>, statements: ReadonlySet<string>) =>
    Queue.take(batches).pipe(
      Effect.flatMap((batch) => cycle(connection, batches, batch)),
      Effect.forever,
      Effect.ensuring(session.withPermit(Effect.suspend(() => Effect.ignore(execute(closeStatements(statements)))))),
      Effect.catch((cause) => Effect.sync(() => connection.destroy(cause))),
      Effect.ensuring(Effect.sync(() => connection.destroy()))
    )

  return () => {
    const batches = Effect.runSync(Queue.unbounded<Buffer>())
    const statements = new Set<string>()
    const split = makeSplitter(statements)
    let started = false
    const connection = new Duplex({
      read() {},
      write(chunk: Buffer, _encoding, done) {
        done()
        if (started) return void Queue.offerAllUnsafe(batches, split(chunk))
        switch (chunk.readInt32BE(4)) {
          case sslRequest:
            return void connection.push("N")
          case cancelRequest:
            return void connection.destroy()
        }
        started = true
        connections.add(connection)
        connection.push(greeting)
      },
      final(done) {
        done()
        connection.destroy()
      },
      destroy(cause, done) {
        connections.delete(connection)
        fiber.interruptUnsafe()
        done(cause)
      }
    })
    const fiber = fork(serve(connection, batches, statements))
    return connection
  }
})

/**
 * Starts the database, and yields a function that executes a batch of messages. After a crash, `onCrash` is called and every
 * batch fails.
 */
const start = Effect.fnUntraced(function* (
  directory: string,
  create: () => Promise<PGlite>,
  onCrash: (cause: Error) => void
) {
  let crash: Error | undefined
  const pglite = yield* Effect.acquireRelease(
    Effect.tryPromise({
      try: create,
      catch: (cause) =>
        new DirectoryUnusable({ directory, message: `PGlite cannot open the directory ${directory}: ${cause}`, cause })
    }),
    (pglite) => (crash ? Effect.void : Effect.promise(() => pglite.close()))
  )
  escapeTraps(pglite.Module)
  return (batch: Buffer): Effect.Effect<Buffer, Error> =>
    Effect.uninterruptible(
      Effect.tryPromise({
        try: async () => {
          if (crash) throw crash
          const chunks: Array<Uint8Array> = []
          // execProtocolRaw also parses every response, and never releases what it parsed.
          await pglite.execProtocolRawStream(batch, { onRawData: (bytes) => chunks.push(bytes.slice()) })
          return Buffer.concat(chunks)
        },
        catch: (cause) => {
          if (crash) return crash
          crash = new Error("The embedded database has crashed: restart the process", { cause })
          onCrash(crash)
          return crash
        }
      })
    )
})

const errorLongjmp = 100

// PGlite swallows what its WASM module throws and goes on, in a loop without end or with a broken transaction. Only the
// longjmp of an ordinary SQL error may pass: stackRestore is called where the rest is caught, and can throw it again.
const escapeTraps = (module: PGlite["Module"]): void => {
  const mainLoop = module._PostgresMainLoopOnce
  module._PostgresMainLoopOnce = () => {
    try {
      mainLoop()
    } catch (cause) {
      const status = cause instanceof Object && "status" in cause ? cause.status : undefined
      if (status !== errorLongjmp) {
        module.stackRestore = () => {
          throw cause
        }
      }
      throw cause
    }
  }
}
