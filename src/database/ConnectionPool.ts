import type { Socket } from "node:net"
import { type PgConnection, PgPool } from "@effect/sql-pg"
import { Cause, Effect, Exit } from "effect"
import { type SqlConnection, SqlError } from "effect/sql"
import { Session } from "./InstrumentedConnection.ts"

type Options = Parameters<typeof PgPool.make>[0] & {
  readonly maxConnections: number
  /** How many may wait for a connection. Who comes then is told at once. */
  readonly queue: number
  /** How long a connection is used, in milliseconds. */
  readonly lifetime: number
  /** How long anybody waits for an answer, in milliseconds. */
  readonly limit: number
  /** How many statements may be on their way over one connection. */
  readonly share: number
}

// What the library keeps to itself of a connection, in the one version that package.json allows.
interface Inside {
  /** It cannot end a connection whose statement does not end. */
  readonly session: { readonly socket: Socket }
  /** What is on its way, behind what was answered: that is kept until nothing is on its way, which under load is never. */
  readonly pipelineInFlight: Array<unknown>
  pipelineHead: number
}

// An answer is a few kilobytes.
const mostAnswered = 64

/** A connection that has been lent, until it is closed. */
export class Line {
  readonly connection: PgConnection.PgConnection
  readonly session: Session
  private readonly inside: Inside
  readonly born = performance.now()
  /** When something last came back, or went out with nothing before it. */
  since = this.born
  loans = 0

  constructor(connection: PgConnection.PgConnection) {
    this.connection = connection
    this.session = new Session(connection, this.touch)
    this.inside = connection as unknown as Inside
  }

  get socket() {
    return this.inside.session.socket
  }

  /** Lets go of what was answered. */
  readonly forget = () => {
    const { inside } = this
    if (inside.pipelineHead < mostAnswered) return
    inside.pipelineInFlight.splice(0, inside.pipelineHead)
    inside.pipelineHead = 0
  }

  readonly touch = () => {
    if (this.loans <= 1) this.since = performance.now()
  }
}

/** One who came for a connection. */
interface Borrower {
  isWaiting: boolean
  line: Line | undefined
  /** When the connection was lent. */
  since: number
}

const newcomer = (): Borrower => ({ isWaiting: false, line: undefined, since: 0 })

/** A pool in which as many work as its connections hold, and only so many wait. */
export const make = Effect.fnUntraced(function* ({ lifetime, limit, queue, share, ...options }: Options) {
  const isShared = share > 1
  const pool = yield* PgPool.make({ ...options, multiplex: isShared, multiplexConcurrency: share })
  const lines = new Map<PgConnection.PgConnection, Line>()
  const gate = { inUse: 0, waiting: 0 }

  const lineOf = (connection: PgConnection.PgConnection) => {
    const known = lines.get(connection)
    if (known !== undefined) return known
    const line = new Line(connection)
    lines.set(connection, line)
    line.socket.once("close", () => lines.delete(connection))
    return line
  }

  const enter = (borrower: Borrower) =>
    Effect.suspend(() => {
      if (gate.inUse + gate.waiting >= options.maxConnections * share + queue) {
        const message = `${queue} statements wait for a connection already`
        const reason = new SqlError.ConnectionError({ cause: undefined, message, operation: "acquire" })
        return Effect.fail(new SqlError.SqlError({ reason }))
      }
      gate.waiting++
      borrower.isWaiting = true
      return Effect.void
    })

  const begin = (borrower: Borrower, connection: PgConnection.PgConnection) => {
    const line = lineOf(connection)
    gate.waiting--
    gate.inUse++
    borrower.isWaiting = false
    borrower.line = line
    line.loans++
    line.touch()
    borrower.since = performance.now()
    return line
  }

  const end = ({ isWaiting, line, since }: Borrower, exit: Exit.Exit<unknown, unknown>) => {
    if (isWaiting) gate.waiting--
    if (line === undefined) return Effect.void
    gate.inUse--
    line.loans--
    line.forget()
    const now = performance.now()
    if (!isShared || Exit.isSuccess(exit) || !Cause.hasInterruptsOnly(exit.cause)) line.since = now
    // What has a connection to itself, the library calls off. Where others are on their way it only stops to listen:
    // whoever has waited for as long as anybody does takes the connection along, so that none waits behind it.
    else if (now - since >= limit) line.socket.destroy()
    // The pool's own limit on lifetimes would cost every statement a scope.
    return now - line.born < lifetime ? Effect.void : pool.invalidate(line.connection)
  }

  const use: SqlConnection.Borrower = (f) =>
    Effect.suspend(() => {
      const borrower = newcomer()
      return enter(borrower).pipe(
        Effect.andThen(pool.use((connection) => f(begin(borrower, connection).session))),
        Effect.onExit((exit) => end(borrower, exit))
      )
    })

  const lend = Effect.gen(function* () {
    const borrower = newcomer()
    yield* Effect.addFinalizer((exit) => end(borrower, exit))
    yield* enter(borrower)
    return begin(borrower, yield* pool.get)
  })

  return {
    gate,
    lines,
    /** For one statement. */
    use,
    /** For one statement that goes on in a scope. */
    get: Effect.map(lend, ({ session }) => session),
    /** For a transaction. */
    reserve: Effect.flatMap(lend, ({ connection, touch }) =>
      Effect.map(connection.pin, (pinned) => new Session(pinned, touch))
    )
  }
})

export type Lane = Effect.Success<ReturnType<typeof make>>
