import { Schema } from "effect"
import { Flag } from "effect/cli"
import { UserId } from "../domain/User.ts"

export const subjectFlag = Flag.String("sub").pipe(
  Flag.withSchema(UserId),
  Flag.withDescription("User id: the sub claim of the user's tokens")
)

export const wholeNumberFlag = (name: string, minimum: number, maximum: number) =>
  Flag.Int(name).pipe(Flag.withSchema(Schema.Int.check(Schema.isBetween({ minimum, maximum }))))
