import { Context, Logger, References } from "effect"
import * as Logging from "../../src/observability/Logging.ts"

// Every test file is also a test of the log: what its tests send is kept here, and at its end nothing of
// that may stand in a line that was written meanwhile.

const lines = new Set<string>()
const outputs: Array<() => string> = []
const secrets = new Set<string>()

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

const time = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/

/** The same for all lines that differ in ids, times and numbers only: of those there are few. */
const shapeOf = (text: string) => text.replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{16}\b|\d+/gi, "#")

const record = Logger.make<unknown, void>((entry) => void lines.add(shapeOf(Logging.jsonLogger.log(entry))))

/** Records every log line of any level, in addition to the test's own logger. */
export const recording = (context: Context.Context<never>) => {
  const others = Context.getOrUndefined(context, References.CurrentLoggers) ?? []
  return context.pipe(
    Context.add(References.CurrentLoggers, new Set([...others, record])),
    Context.add(References.MinimumLogLevel, "All")
  )
}

/** Records the output of a process. */
export const recordOutput = (output: () => string) => void outputs.push(output)

/** Values of the contract that are part of a path, too. */
const own = new Set(["completion"])

/** Ids and times may be told, and what has less than eight characters can be a word of ours. */
export const keepSecret = (...texts: ReadonlyArray<string | undefined>) => {
  for (const text of texts)
    if (text !== undefined && shapeOf(text).length >= 8 && !own.has(text) && !uuid.test(text) && !time.test(text))
      secrets.add(shapeOf(text))
}

const textsIn = (value: unknown): ReadonlyArray<string> => {
  if (typeof value === "string") return [value]
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : []
}

const parsed = (body: string): unknown => {
  try {
    return JSON.parse(body)
  } catch {
    return body
  }
}

interface Sent {
  readonly path: string
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly body?: unknown
}

/** Records the texts of a request that no log line may contain. */
export const keepSent = ({ body, headers = {}, path }: Sent) => {
  keepSecret(...new URL(path, "http://localhost").searchParams.values())
  keepSecret(...(headers.authorization ?? "").split(" "), headers.cookie, headers["idempotency-key"])
  keepSecret(...textsIn(typeof body === "string" ? parsed(body) : body))
}

/** Log lines that contain a recorded text or an e-mail address, each with that text. */
export const leaks = () => {
  const written = new Set([...lines, ...outputs.flatMap((output) => output().split("\n").map(shapeOf))])
  return [...written].flatMap((line) => {
    const held = [...secrets].filter(
      (secret) => line.includes(secret) || line.includes(JSON.stringify(secret).slice(1, -1))
    )
    const address = /[\w#]@[\w#]+\./.exec(line)
    return held.length === 0 && address === null ? [] : [{ line, held }]
  })
}
