import { Effect, Schema } from "effect"

/**
 * Every answer from 400 up is one of these, as `application/problem+json` (RFC 9457). The status, the
 * header that the status demands and the words for people stand here and nowhere else.
 */
export const problemFields = <const Code extends string>(code: Code, detail: string) => ({
  detail: Schema.String.pipe(Schema.withConstructorDefault(Effect.succeed(detail))),
  code: Schema.tag(code),
  // Written as the answer leaves the service, so that nobody who fails has to know it.
  request_id: Schema.String.pipe(Schema.withConstructorDefault(Effect.succeed("")))
})
