// Compiles schemas to code at their first use, which halves their cost.
import "effect/schema/SchemaJITCompiler/enable"
// The package's index loads drivers that the service does not use.
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Cause, Console, Effect, Exit, Layer, Runtime } from "effect"
import { CliOutput, Command } from "effect/cli"
import { version } from "../api/Api.ts"
import * as BufferedSecureRandom from "../server/BufferedSecureRandom.ts"
import { doctor } from "./Doctor.ts"
import { report } from "./ErrorReporting.ts"
import { exportCommand } from "./Export.ts"
import { importCommand } from "./Import.ts"
import { migrate } from "./Migrate.ts"
import { openapi } from "./Openapi.ts"
import { seed } from "./Seed.ts"
import { serve } from "./Serve.ts"
import { token } from "./Token.ts"

// The library prints the usage to stdout, too, where a shell's `$(tasks token)` takes it for the token.
const usageOnStderr = CliOutput.layerPresenter({
  present: Effect.fnUntraced(function* (event) {
    if (event._tag !== "InvalidInvocation") return yield* CliOutput.defaultPresenter.present(event)
    const formatter = yield* CliOutput.Formatter
    yield* Console.error(`${formatter.formatHelpDoc(event.helpDoc)}\n${formatter.formatErrors(event.errors)}`)
  })
})

const tasks = Command.make("tasks").pipe(
  Command.withDescription("Multi-user task backend"),
  Command.withSubcommands([serve, migrate, token, doctor, openapi, seed, importCommand, exportCommand]),
  Command.run({ version }),
  Effect.provide(Layer.mergeAll(NodeServices.layer, BufferedSecureRandom.layer, usageOnStderr)),
  report
)

/** Runs the command that the arguments of the process name, and ends the process. */
export const run = () => {
  // A closed terminal or a process manager's "reload" must not stop the service.
  process.on("SIGHUP", () => {})

  // The first signal stops gracefully, the second one at once.
  for (const signal of ["SIGTERM", "SIGINT"]) {
    process.once(signal, () => process.once(signal, () => process.exit(1)))
  }

  // On a full disk a command must not seem to have succeeded. The reader of a pipe, such as `head`, may close it.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code === "EPIPE") return
    process.exitCode = 1
    process.stderr.write(`tasks: cannot write the output: ${error.message}\n`)
  })

  NodeRuntime.runMain(tasks, {
    disableErrorReporting: true,
    teardown: (exit, onExit) =>
      // The error of the last write arrives after it.
      setImmediate(() =>
        onExit(
          Exit.isSuccess(exit) || Cause.hasInterruptsOnly(exit.cause)
            ? Number(process.exitCode ?? 0)
            : Runtime.getErrorExitCode(Cause.squash(exit.cause))
        )
      )
  })
}
