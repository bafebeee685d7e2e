import { Clock, Console, Effect, Random, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import { importRecords } from "../import/Importer.ts"
import { formatSummary } from "../import/ImportSummary.ts"
import { withAccountDatabase } from "./AccountDatabase.ts"
import { subjectFlag, wholeNumberFlag } from "./Flags.ts"
import { generateRecords } from "./SeedData.ts"

const flags = {
  sub: subjectFlag,
  tasks: wholeNumberFlag("tasks", 0, 10_000_000).pipe(Flag.withDescription("Number of tasks"), Flag.withDefault(1000)),
  seed: wholeNumberFlag("seed", 0, 2 ** 31 - 1).pipe(
    Flag.withDescription(
      "Selects the generated data; running the command again with the same seed adds only missing rows"
    ),
    Flag.withDefault(1)
  )
}

export const seed = Command.make(
  "seed",
  flags,
  Effect.fnUntraced(function* ({ seed, sub, tasks }) {
    const random = yield* Random.Random.pipe(Random.withSeed(seed))
    const now = yield* Clock.currentTimeMillis
    const today = now - (now % 86_400_000)
    const records = Stream.fromIterable(generateRecords(random, tasks, today))
    const entries = Stream.map(records, (record) => ({ line: 0, record }))
    yield* Console.log(formatSummary(yield* importRecords(sub, entries)))
  }, withAccountDatabase)
).pipe(
  Command.withDescription("Fill an account with generated projects, tags and tasks, for development and measurements")
)
