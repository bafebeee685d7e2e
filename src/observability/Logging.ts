import type { Writable } from "node:stream"
import { Context, Layer, Logger, LogLevel, Metric, References } from "effect"
import type { Config } from "../config/Config.ts"
import { formatCause } from "./ErrorRedaction.ts"

const levels = { debug: "Debug", info: "Info", warn: "Warn", error: "Error" } as const

const toText = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value))
const formatMessage = (message: unknown) => (Array.isArray(message) ? message.map(toText).join(" ") : toText(message))

// Formatting a time costs more than the rest of a line, and many lines have the same millisecond.
let lastTime = { at: Number.NaN, text: "" }
const formatTime = (at: number) => {
  if (at !== lastTime.at) lastTime = { at, text: new Date(at).toISOString() }
  return lastTime.text
}

/** One flat JSON object: time, level, message and all fields. */
const formatLine = (at: number, level: string, message: string, fields: object) => {
  const line = `{"time":"${formatTime(at)}","level":"${level.toLowerCase()}","message":${JSON.stringify(message)}`
  const rest = JSON.stringify(fields)
  return rest === "{}" ? `${line}}` : `${line},${rest.slice(1)}`
}

/** One line of JSON, with all annotations. */
export const jsonLogger = Logger.make<unknown, string>(({ cause, date, fiber, logLevel, message }) => {
  const fields = fiber.getRef(References.CurrentLogAnnotations)
  const error = cause.reasons.length > 0 && { error: formatCause(cause) }
  return formatLine(date.getTime(), logLevel, formatMessage(message), error ? { ...fields, ...error } : fields)
})

export type WriteLine = (level: LogLevel.Severity, at: number, message: string, fields: object) => void

/**
 * Writes the line of a request as `jsonLogger` does, without a fiber, which takes longer than the line. `undefined` where
 * lines have another format or go to a collector as well.
 */
export const LineWriter = Context.Reference<WriteLine | undefined>("tasks/observability/LineWriter", {
  defaultValue: () => undefined
})

/** The lines of `jsonLogger` at or above a level. */
export const lineWriter =
  (minimum: LogLevel.LogLevel, write: (line: () => string) => void): WriteLine =>
  (level, at, message, fields) => {
    if (LogLevel.isGreaterThanOrEqualTo(level, minimum)) write(() => formatLine(at, level, message, fields))
  }

const colors: Readonly<Record<string, string>> = { Debug: "34", Info: "32", Warn: "33", Error: "31", Fatal: "31" }

// Otherwise a message could imitate another line or send control sequences to the terminal.
const escape = (text: string) =>
  text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
const formatField = (value: unknown) =>
  /^[\w./:@+-]+$/.test(String(value)) ? String(value) : escape(JSON.stringify(value))

/** For a terminal: the annotations that the message does not contain follow it, and causes are below. */
export const prettyLogger = (isColored: boolean) => {
  const paint = (text: string, color: string) => (isColored ? `\x1b[${color}m${text}\x1b[0m` : text)
  return Logger.make<unknown, string>(({ cause, date, fiber, logLevel, message }) => {
    const time = date.toTimeString().slice(0, 8) + date.toISOString().slice(19, 23)
    const text = escape(formatMessage(message))
    const fields = Object.entries(fiber.getRef(References.CurrentLogAnnotations))
      .filter(([, value]) => !text.split(" ").includes(String(value)))
      .map(([name, value]) => `${name}=${formatField(value)}`)
    const level = paint(logLevel.toUpperCase().padEnd(5), colors[logLevel] ?? "0")
    const error = formatCause(cause).replaceAll("\n", "\n    ")
    return [
      `${paint(time, "90")} ${level} ${fields.length === 0 ? text : text.padEnd(44)}`,
      ...(fields.length === 0 ? [] : [` ${paint(fields.join(" "), "90")}`]),
      ...(error === "" ? [] : [`\n    ${error}`])
    ].join("")
  })
}

const context = Context.empty()
const dropped = Metric.counter("log_lines_dropped_total", {
  description: "Log lines dropped because stdout was not read",
  incremental: true
})

/** Unread output above which lines are dropped, in bytes: without a limit, a stalled log collector fills the memory. */
const maxUnread = 1024 * 1024

/** How long a line waits for others, in milliseconds. */
const delay = 10

/**
 * Formats and writes lines together, which takes less time than one by one, and the last ones when the process exits. Drops
 * lines while the output is not read.
 */
export const makeOutput = (output: Writable) => {
  let lines: Array<() => string> = []
  dropped.updateUnsafe(0, context)
  const flush = () => {
    const batch = lines
    lines = []
    if (batch.length === 0) return
    if (output.writableLength > maxUnread) {
      dropped.updateUnsafe(batch.length, context)
      return
    }
    output.write(batch.map((line) => `${line()}\n`).join(""))
  }
  // A log that cannot be written is no failure of the service.
  output.removeAllListeners("error").on("error", () => {})
  process.once("exit", flush)
  return (line: () => string) => {
    if (lines.length === 0) setTimeout(flush, delay).unref()
    lines.push(line)
  }
}

/** Readable lines in development, JSON elsewhere. */
export const layer = ({ ENVIRONMENT, LOG_LEVEL, OTEL_EXPORTER_OTLP_ENDPOINT }: Config) => {
  const isReadable = ENVIRONMENT === "development"
  const format = isReadable ? prettyLogger(process.stdout.hasColors?.() ?? false) : jsonLogger
  const output = makeOutput(process.stdout)
  const minimum = levels[LOG_LEVEL]
  const isDirect = !isReadable && OTEL_EXPORTER_OTLP_ENDPOINT === undefined
  return Layer.mergeAll(
    Logger.layer([Logger.map(format, (line) => output(() => line))]),
    Layer.succeed(References.MinimumLogLevel, minimum),
    Layer.succeed(LineWriter, isDirect ? lineWriter(minimum, output) : undefined)
  )
}
