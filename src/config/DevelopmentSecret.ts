import { Effect, FileSystem, Path, Redacted } from "effect"
import { SecureRandom } from "effect/crypto"
import { InvalidConfig } from "./Config.ts"

/** The secret of a development service without BETTER_AUTH_SECRET: generated once, readable by its owner only. */
export const read = Effect.fnUntraced(function* (directory: string) {
  const files = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const random = yield* SecureRandom.SecureRandom
  const file = path.join(directory, "secret")
  yield* files.makeDirectory(directory, { recursive: true, mode: 0o700 })
  const bytes = yield* random.randomBytes(32)
  // "wx": of two processes that start at once, one writes the file and both read it.
  yield* files
    .writeFileString(file, Buffer.from(bytes).toString("base64url"), { flag: "wx", mode: 0o600 })
    .pipe(Effect.catchTag("PlatformError", (error) => (error.reason._tag === "AlreadyExists" ? Effect.void : error)))
  const secret = yield* files.readFileString(file)
  // A full disk leaves an empty file.
  if (secret.length < 32) return yield* new InvalidConfig({ errors: [`${file}: has no secret, delete the file`] })
  return Redacted.make(secret)
})
