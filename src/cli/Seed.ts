import { Clock, Console, Effect, Random, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import type { UserId } from "../domain/User.ts"
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

interface Input {
  readonly sub: UserId
  readonly tasks: number
  readonly seed: number
}

const seedAccount = Effect.fnUntraced(function* ({ seed, sub, tasks }: Input) {
  const random = yield* Random.Random.pipe(Random.withSeed(seed))
  const now = yield* Clock.currentTimeMillis
  const today = now - (now % 86_400_000)
  const summary = yield* importRecords(
    sub,
    Stream.fromIterable(generateRecords(random, tasks, today)).pipe(Stream.map((record) => ({ line: 0, record })))
  )
  yield* Console.log(formatSummary(summary))
})

export const seed = Command.make("seed", flags, (input) => withAccountDatabase(seedAccount(input))).pipe(
  Command.withDescription("Fill an account with generated projects, tags and tasks, for development and measurements")
)
