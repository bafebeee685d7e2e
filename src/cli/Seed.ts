import { Clock, Console, Effect, Random, Schema, Stream } from "effect"
import { Command, Flag } from "effect/cli"
import type { UserId } from "../domain/User.ts"
import { formatSummary, importRecords } from "../import/Importer.ts"
import { subjectFlag, withAccountDatabase } from "./AccountDatabase.ts"
import { rows } from "./SeedData.ts"

const whole = (minimum: number, maximum: number) => Schema.Int.check(Schema.isBetween({ minimum, maximum }))

const flags = {
  sub: subjectFlag,
  tasks: Flag.Int("tasks").pipe(
    Flag.withSchema(whole(0, 10_000_000)),
    Flag.withDescription("How many tasks"),
    Flag.withDefault(1000)
  ),
  seed: Flag.Int("seed").pipe(
    Flag.withSchema(whole(0, 2 ** 31 - 1)),
    Flag.withDescription("Another number makes other data; the same adds only what is not there"),
    Flag.withDefault(1)
  )
}

interface Input {
  readonly sub: UserId
  readonly tasks: number
  readonly seed: number
}

const fill = Effect.fnUntraced(function* ({ seed, sub, tasks }: Input) {
  const random = yield* Random.Random.pipe(Random.withSeed(seed))
  const now = yield* Clock.currentTimeMillis
  const today = now - (now % 86_400_000)
  const summary = yield* importRecords(
    sub,
    Stream.fromIterable(rows(random, tasks, today)).pipe(Stream.map((row) => ({ line: 0, row })))
  )
  yield* Console.log(formatSummary(summary))
})

export const seed = Command.make("seed", flags, (input) => withAccountDatabase(fill(input))).pipe(
  Command.withDescription("Fill an account with made-up data, to look at or to measure with")
)
