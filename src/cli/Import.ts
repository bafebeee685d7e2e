import { Clock, Console, Effect, FileSystem, Path, Stream } from "effect"
import { Argument, Command } from "effect/cli"
import { importRecords } from "../import/Importer.ts"
import { formatSummary } from "../import/ImportSummary.ts"
import * as Lines from "../import/Lines.ts"
import * as NdjsonImport from "../import/NdjsonImport.ts"
import { delimiterOf } from "../import/TodoistCells.ts"
import { withAccountDatabase } from "./AccountDatabase.ts"
import { CommandFailed } from "./ErrorReporting.ts"
import { subjectFlag } from "./Flags.ts"

const flags = {
  // A named pipe and /dev/stdin are no files.
  file: Argument.Path("file", { mustExist: true }).pipe(
    Argument.withDescription("An export of this service (NDJSON), or a project exported by Todoist (CSV)")
  ),
  sub: subjectFlag
}

/** Finds the format by the first lines, because a file can have any name and its first line may be damaged. */
const readRecords = Effect.fnUntraced(function* (file: string) {
  const files = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const { type } = yield* files.stat(file)
  // A file is read three times, and at positions, which a pipe cannot be.
  const bytes = type === "File" ? files.stream(file) : Stream.make(yield* files.readFile(file))
  const lines = Lines.splitLines(bytes)
  const first = yield* lines.pipe(
    Stream.filter(({ error, text }) => text.trim() !== "" || error !== undefined),
    Stream.map(({ text }) => text.trim()),
    Stream.take(10),
    Stream.runCollect
  )
  // Each line gets a millisecond of its own for created_at and position, and the last one is now.
  const startTime = (yield* Clock.currentTimeMillis) - (yield* Stream.runCount(lines))
  const delimiter = first.map(delimiterOf).find((found) => found !== undefined)
  if (delimiter !== undefined) {
    // The date parsers take 0.2 seconds to load, which no other command should need.
    const { readTodoist } = yield* Effect.promise(() => import("../import/TodoistImport.ts"))
    return readTodoist(lines, { name: path.basename(file), delimiter, startTime })
  }
  if (first.length === 0 || first.some((text) => /^\{\s*"/.test(text))) return NdjsonImport.readNdjson(lines, startTime)
  return yield* new CommandFailed({
    message: `${file} is neither an export of this service nor a project exported by Todoist as CSV, in UTF-8`
  })
})

export const importCommand = Command.make(
  "import",
  flags,
  Effect.fnUntraced(function* ({ file, sub }) {
    const summary = yield* importRecords(sub, yield* readRecords(file))
    yield* Console.log(formatSummary(summary))
    const { rejectedLines } = summary
    if (rejectedLines === 0) return
    return yield* new CommandFailed({
      message:
        `${rejectedLines === 1 ? "1 line was" : `${rejectedLines} lines were`} not imported. ` +
        "Correct the lines that are named above and import the file again; rows that exist are not imported twice."
    })
  }, withAccountDatabase)
).pipe(Command.withDescription("Import a file into an account; exit with 1 if a line was not imported"))
