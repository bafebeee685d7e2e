import { Layer, Logger, References } from "effect"
import type { Config } from "../config/Config.ts"
import { formatCause } from "./ErrorRedaction.ts"

const levels = { debug: "Debug", info: "Info", warn: "Warn", error: "Error" } as const

const textOf = (value: unknown) => (typeof value === "string" ? value : JSON.stringify(value))
const messageOf = (message: unknown) => (Array.isArray(message) ? message.map(textOf).join(" ") : textOf(message))

// Of the lines of a busy service, several have the same millisecond.
let lastTime = { at: Number.NaN, text: "" }
const timeOf = (date: Date) => {
  const at = date.getTime()
  if (at !== lastTime.at) lastTime = { at, text: date.toISOString() }
  return lastTime.text
}

/** One JSON object a line, flat: whatever a line was annotated with stands beside its time, level and message. */
export const jsonLogger = Logger.make<unknown, string>(({ cause, date, fiber, logLevel, message }) => {
  const line = {
    time: timeOf(date),
    level: logLevel.toLowerCase(),
    message: messageOf(message),
    ...fiber.getRef(References.CurrentLogAnnotations)
  }
  return JSON.stringify(cause.reasons.length === 0 ? line : { ...line, error: formatCause(cause) })
})

const colors: Readonly<Record<string, string>> = { Debug: "34", Info: "32", Warn: "33", Error: "31", Fatal: "31" }

// A message must not be able to look like another line, or to command the terminal.
const escape = (text: string) =>
  text.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`)
const plain = (value: unknown) => (/^[\w./:@+-]+$/.test(String(value)) ? String(value) : escape(JSON.stringify(value)))

/** For people: a line for each message, with what the message does not say itself behind it, and a cause below. */
export const prettyLogger = (isColored: boolean) => {
  const paint = (text: string, color: string) => (isColored ? `\x1b[${color}m${text}\x1b[0m` : text)
  return Logger.make<unknown, string>(({ cause, date, fiber, logLevel, message }) => {
    const time = date.toTimeString().slice(0, 8) + date.toISOString().slice(19, 23)
    const words = escape(messageOf(message))
    const fields = Object.entries(fiber.getRef(References.CurrentLogAnnotations))
      .filter(([, value]) => !words.split(" ").includes(String(value)))
      .map(([name, value]) => `${name}=${plain(value)}`)
    const level = paint(logLevel.toUpperCase().padEnd(5), colors[logLevel] ?? "0")
    const error = formatCause(cause).replaceAll("\n", "\n    ")
    return [
      `${paint(time, "90")} ${level} ${fields.length === 0 ? words : words.padEnd(44)}`,
      ...(fields.length === 0 ? [] : [` ${paint(fields.join(" "), "90")}`]),
      ...(error === "" ? [] : [`\n    ${error}`])
    ].join("")
  })
}

/**
 * Writes lines to stdout. Those of one turn of the process leave in one write, and the last ones when it
 * ends or crashes. Nobody who stops reading stops the service.
 */
const makeOutput = () => {
  let lines = ""
  const write = () => {
    const gathered = lines
    lines = ""
    if (gathered !== "") process.stdout.write(gathered)
  }
  process.stdout.on("error", () => {})
  process.once("exit", write)
  return (line: string) => {
    if (lines === "") setImmediate(write)
    lines += `${line}\n`
  }
}

/** Lines for people in development, one JSON object a line elsewhere. */
export const layer = ({ ENVIRONMENT, LOG_LEVEL }: Config) => {
  const format = ENVIRONMENT === "development" ? prettyLogger(process.stdout.hasColors?.() ?? false) : jsonLogger
  return Layer.mergeAll(
    Logger.layer([Logger.map(format, makeOutput())]),
    Layer.succeed(References.MinimumLogLevel, levels[LOG_LEVEL])
  )
}
