import { Effect, type PlatformError, Predicate, Stdio, Stream } from "effect"
import { Command } from "effect/cli"
import { Ndjson } from "effect/encoding"
import { AccountRepo } from "../repositories/AccountRepo.ts"
import { withAccountDatabase } from "./AccountDatabase.ts"
import { subjectFlag } from "./Flags.ts"

const isClosedPipe = (error: Ndjson.NdjsonError | PlatformError.PlatformError) =>
  error._tag === "PlatformError" &&
  Predicate.hasProperty(error.reason.cause, "code") &&
  error.reason.cause.code === "EPIPE"

export const exportCommand = Command.make(
  "export",
  { sub: subjectFlag },
  Effect.fnUntraced(function* ({ sub }) {
    const account = yield* AccountRepo
    const stdio = yield* Stdio.Stdio
    const rows = yield* account.streamAll(sub)
    yield* rows.pipe(
      Stream.pipeThroughChannel(Ndjson.encodeString()),
      Stream.run(stdio.stdout()),
      // The reader of a pipe, such as `head`, may close it before the end.
      Effect.catchIf(isClosedPipe, () => Effect.void)
    )
  }, withAccountDatabase)
).pipe(Command.withDescription("Print all projects, tags and tasks of an account as NDJSON, without the trash"))
