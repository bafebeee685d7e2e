import { type PgConnection, PgPool } from "@effect/sql-pg"
import { Effect, Exit, Scope } from "effect"
import { type SqlConnection, SqlError } from "effect/sql"
import { Session } from "./Session.ts"

type Options = Parameters<typeof PgPool.make>[0] & {
  readonly maxConnections: number
  /** How many may wait for a connection. Who comes then is told at once. */
  readonly queue: number
  /** How long a connection is used, in milliseconds. */
  readonly lifetime: number
}

/** A connection, from when it is first lent. */
export class Line {
  readonly connection: PgConnection.PgConnection
  readonly session: Session
  readonly born = performance.now()
  /** When a statement was last sent on it, or it was last given back. */
  since = this.born
  loans = 0
  /** Nothing of it counts any more. */
  isDropped = false
  pin: Scope.Closeable | undefined

  constructor(connection: PgConnection.PgConnection) {
    this.connection = connection
    this.session = new Session(connection, this.touch)
  }

  readonly touch = () => {
    this.since = performance.now()
  }
}

/** One who asked for a connection: at the door, waiting or with a line. */
interface Loan {
  isWaiting: boolean
  line: Line | undefined
}

const full = (queue: number) =>
  new SqlError.SqlError({
    reason: new SqlError.ConnectionError({
      cause: undefined,
      message: `${queue} statements wait for a connection already`,
      operation: "acquire"
    })
  })

/** A pool in which at most so many work as it has connections, and only so many wait. */
export const make = Effect.fnUntraced(function* ({ lifetime, queue, ...config }: Options) {
  const pool = yield* PgPool.make(config)
  const lines = new Map<PgConnection.PgConnection, Line>()
  const gate = { inUse: 0, waiting: 0 }

  /** The pool opens another in its place. A statement that is out on it may still come back. */
  const drop = (line: Line) => {
    lines.delete(line.connection)
    if (!line.isDropped) gate.inUse -= line.loans
    line.isDropped = true
    return pool.invalidate(line.connection)
  }

  /** For a line that was given up. A pin that ends while something is out ends the connection with it. */
  const cut = (line: Line) =>
    Effect.andThen(
      drop(line),
      Effect.suspend(() => (line.pin === undefined ? Effect.void : Scope.close(line.pin, Exit.void)))
    )

  const enter = (loan: Loan) => {
    if (gate.inUse + gate.waiting >= config.maxConnections + queue) return false
    gate.waiting++
    loan.isWaiting = true
    return true
  }

  const begin = (loan: Loan, connection: PgConnection.PgConnection) => {
    let line = lines.get(connection)
    if (line === undefined) {
      line = new Line(connection)
      lines.set(connection, line)
    }
    gate.waiting--
    gate.inUse++
    loan.isWaiting = false
    loan.line = line
    line.loans++
    line.touch()
    return line
  }

  const end = (loan: Loan) => {
    const { line } = loan
    if (loan.isWaiting) gate.waiting--
    if (line === undefined || line.isDropped) return Effect.void
    gate.inUse--
    line.loans--
    line.touch()
    return line.since - line.born > lifetime ? drop(line) : Effect.void
  }

  const use: SqlConnection.Borrower = (f) =>
    Effect.suspend(() => {
      const loan: Loan = { isWaiting: false, line: undefined }
      return Effect.onExit(
        Effect.suspend(() =>
          enter(loan) ? pool.use((connection) => f(begin(loan, connection).session)) : Effect.fail(full(queue))
        ),
        () => end(loan)
      )
    })

  const lend = Effect.gen(function* () {
    const loan: Loan = { isWaiting: false, line: undefined }
    yield* Effect.addFinalizer(() => end(loan))
    if (!enter(loan)) return yield* Effect.fail(full(queue))
    return begin(loan, yield* pool.get)
  })

  const reserve = Effect.gen(function* () {
    const line = yield* lend
    const pin = yield* Effect.acquireRelease(Scope.make(), (pin, exit) => {
      line.pin = undefined
      return Scope.close(pin, exit)
    })
    line.pin = pin
    return new Session(yield* Scope.provide(line.connection.pin, pin), line.touch)
  })

  return { gate, lines, use, get: Effect.map(lend, ({ session }) => session), reserve, drop, cut }
})

export type Lane = Effect.Success<ReturnType<typeof make>>
