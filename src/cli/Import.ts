import { Clock, Console, Data, Effect, FileSystem, Path, Stream } from "effect"
import { Argument, Command } from "effect/cli"
import type { UserId } from "../domain/User.ts"
import { formatSummary, importRecords } from "../import/Importer.ts"
import * as Lines from "../import/Lines.ts"
import * as NdjsonImport from "../import/NdjsonImport.ts"
import * as TodoistImport from "../import/TodoistImport.ts"
import { subjectFlag, withAccountDatabase } from "./AccountDatabase.ts"

/** Some lines were not imported: those above on stderr. */
export class RecordsRejected extends Data.TaggedError("RecordsRejected")<{ readonly message: string }> {}

export class UnknownFormat extends Data.TaggedError("UnknownFormat")<{ readonly message: string }> {}

const flags = {
  file: Argument.File("file", { mustExist: true }).pipe(
    Argument.withDescription("An export of this service, or a project exported by Todoist as CSV")
  ),
  sub: subjectFlag
}

/** The kind of a file shows within its first lines, whatever it is called; the very first may be damaged. */
const read = Effect.fnUntraced(function* (file: string) {
  const files = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const now = new Date(yield* Clock.currentTimeMillis)
  const lines = Lines.splitLines(files.stream(file))
  const first = yield* lines.pipe(
    Stream.map(({ text }) => text.replace(/^\uFEFF/, "").trim()),
    Stream.filter((text) => text !== ""),
    Stream.take(10),
    Stream.runCollect
  )
  const delimiter = first.map(TodoistImport.delimiterOf).find((found) => found !== undefined)
  if (delimiter !== undefined) return TodoistImport.readTodoist(lines, delimiter, path.basename(file), now)
  if (first.length === 0 || first.some((text) => /^\{\s*"/.test(text))) return NdjsonImport.readNdjson(lines)
  return yield* new UnknownFormat({
    message: `${file} is neither an export of this service nor a project that Todoist exported as CSV`
  })
})

const importFile = Effect.fnUntraced(function* ({ file, sub }: { readonly file: string; readonly sub: UserId }) {
  const summary = yield* importRecords(sub, yield* read(file))
  yield* Console.log(formatSummary(summary))
  if (summary.lost > 0) {
    return yield* new RecordsRejected({
      message: summary.lost === 1 ? "1 line was lost" : `${summary.lost} lines were lost`
    })
  }
})

export const importCommand = Command.make("import", flags, (input) => withAccountDatabase(importFile(input))).pipe(
  Command.withDescription("Put the content of a file into an account; exit 1 when a line was not imported")
)
