import { Layer, Logger, References } from "effect"
import type { Settings } from "./Settings.ts"

const levels = { debug: "Debug", info: "Info", warn: "Warn", error: "Error" } as const

/** Lines for people in development, one JSON object a line elsewhere. */
export const layer = ({ ENVIRONMENT, LOG_LEVEL }: Settings) =>
  Layer.mergeAll(
    Logger.layer([ENVIRONMENT === "development" ? Logger.consolePretty() : Logger.consoleJson]),
    Layer.succeed(References.MinimumLogLevel, levels[LOG_LEVEL])
  )
