import type { JsonWebKey } from "node:crypto"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Duration, Effect, Layer, Redacted } from "effect"
import { compactVerify } from "jose"
import { Auth } from "../../src/auth/Auth.ts"
import * as JwksProvider from "../../src/auth/JwksProvider.ts"
import { algorithms, checkFormat } from "../../src/auth/JwtValidation.ts"
import { authWithKeys, issuerLayer } from "../support/AttackHarness.ts"
import { jwkOf, jwksUrl, keys } from "../support/Issuer.ts"

type KeyOrSet = JsonWebKey | { readonly keys: ReadonlyArray<JsonWebKey> }

interface Group {
  readonly comment: string
  readonly private?: KeyOrSet
  readonly public?: KeyOrSet
  readonly tests: ReadonlyArray<{
    readonly tcId: number
    readonly comment: string
    readonly result: "valid" | "invalid"
    readonly jws?: unknown
    readonly jwe?: unknown
  }>
}

type Exceptions = Record<string, ReadonlyArray<readonly [reason: string, ...ids: ReadonlyArray<number>]>>

/** Valid signatures that we reject on purpose, and why. All other valid ones must verify, and invalid ones must not. */
const stricter: Exceptions = {
  json_web_signature_test: [
    ["RS384 and RS512 are not ours", 264, 265, 266, 267, 268, 269, 270, 271],
    ["PS384 and PS512 are not ours", 320, 321, 322, 323, 325, 326, 327, 328],
    ["the token says PS384, its key PS256", 346, 350],
    ["no claims at all are no token", 259, 272],
    ["the key says that it is for ES521, which is no algorithm", 347, 351],
    ["a character that base64url does not have", 372, 373]
  ],
  json_web_key_test: [
    ["a symmetric key is never taken from a key set", 2],
    ["HS384 and HS512 are not ours", 14, 15]
  ],
  json_web_crypto_test: [["a symmetric key is never taken from a key set", 48]]
}

const roca =
  "weak by the way it was made (CVE-2017-15361): which keys it publishes is for the issuer to see to, and none that software made is"

/** Signatures that verify although the vectors call them invalid. The token check rejects them like all others. */
const looser: Exceptions = {
  json_web_signature_test: [
    ["letter for letter the valid vector 357: the file lacks the padding it speaks of", 367, 370]
  ],
  json_web_key_test: [[roca, 7]],
  json_web_crypto_test: [[roca, 46]]
}

const keysOf = (group: Group): ReadonlyArray<JsonWebKey> => {
  const one = group.public ?? group.private ?? {}
  return Array.isArray(one.keys) ? one.keys : [one as JsonWebKey]
}

/** The secret of a group that could be ours: for HS256, and of the length that the settings ask for. */
const secretOf = (group: Group) => {
  const [key, another] = keysOf(group)
  if (key?.kty !== "oct" || key.alg !== "HS256" || another !== undefined) return undefined
  const bytes = Buffer.from(String(key.k), "base64url")
  return bytes.length >= 32 ? bytes : undefined
}

/** The issuer publishes the group's keys, and one of ours so that it has some whatever becomes of the others. */
const published = (group: Group) => () => [...keysOf(group), jwkOf(keys.ed25519)]

const anyClaims = { issuer: undefined, audience: undefined, cacheSize: 10 }

const isRefused = Effect.fnUntraced(function* (token: string) {
  const auth = yield* Auth
  const fault = yield* Effect.flip(auth.verify(token))
  assert.strictEqual(fault._tag, "InvalidToken")
})

/**
 * Whether the signature holds. The claims of a vector are never ours, so this is asked where it is
 * decided: of the shape, and of jose with the very keys and algorithms that the service gives it.
 */
const holds = Effect.fnUntraced(function* (token: string, group: Group) {
  if (checkFormat(token) !== undefined) return false
  const secret = secretOf(group)
  const options = { url: jwksUrl, refresh: Duration.minutes(5), maxStale: Duration.hours(1) }
  const verify =
    secret === undefined
      ? yield* JwksProvider.make(options).pipe(
          Effect.flatMap(({ current }) => current),
          Effect.provide(issuerLayer(published(group))),
          Effect.map((set) => () => compactVerify(token, set, { algorithms: algorithms.jwks }))
        )
      : () => compactVerify(token, secret, { algorithms: algorithms.secret })
  return yield* Effect.match(Effect.tryPromise(verify), { onFailure: () => false, onSuccess: () => true })
})

describe.each(Object.keys(stricter))("Project Wycheproof, %s", (file) => {
  const { numberOfTests, testGroups } = JSON.parse(
    readFileSync(join(import.meta.dirname, `../vectors/wycheproof/${file}.json`), "utf8")
  ) as { numberOfTests: number; testGroups: ReadonlyArray<Group> }

  const reasonsIn = (exceptions: Exceptions) =>
    new Map(exceptions[file]?.flatMap(([reason, ...ids]) => ids.map((id) => [id, reason])))
  const refused = reasonsIn(stricter)
  const passed = reasonsIn(looser)

  const vectors = testGroups.flatMap((group) =>
    group.tests.map(({ comment, jwe, jws, result, tcId }) => {
      const token = jws ?? jwe
      return {
        group,
        // Encrypted tokens are no business of ours: that they cannot be had for signed ones is.
        isGood: result === "valid" ? jwe === undefined && !refused.has(tcId) : passed.has(tcId),
        name: [tcId, group.comment, comment, result, refused.get(tcId) ?? passed.get(tcId) ?? []].flat().join(", "),
        token: typeof token === "string" ? token : JSON.stringify(token)
      }
    })
  )

  it("has a result for every vector, and no exception without a vector", () => {
    assert.lengthOf(vectors, numberOfTests)
    const idsOf = (wanted: string) =>
      testGroups.flatMap(({ tests }) => tests.flatMap(({ result, tcId }) => (result === wanted ? [tcId] : [])))
    assert.includeMembers(idsOf("valid"), Array.from(refused.keys()))
    assert.includeMembers(idsOf("invalid"), Array.from(passed.keys()))
  })

  it.effect.each(vectors.map((vector) => [vector.name, vector] as const))("%s", ([, { group, isGood, token }]) =>
    Effect.gen(function* () {
      yield* isRefused(token).pipe(Effect.provide(authWithKeys(published(group))))
      // The settings hold a secret as text, so the service can be given only a secret that is text.
      const secret = secretOf(group)
      if (secret?.equals(Buffer.from(secret.toString()))) {
        const auth = Auth.layerSecret({ ...anyClaims, secret: Redacted.make(secret.toString()) })
        yield* isRefused(token).pipe(Effect.provide(Layer.fresh(auth)))
      }
      assert.strictEqual(yield* Effect.scoped(holds(token, group)), isGood)
    })
  )
})
