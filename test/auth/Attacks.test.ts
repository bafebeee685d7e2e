import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import {
  assertAccepted,
  assertRejected,
  authWithKeys,
  authWithSecret,
  layerWithAuth
} from "../support/AttackHarness.ts"
import { jwkOf, keys, odd, signed, validClaims, withKey, withSecret } from "../support/Issuer.ts"
import { protectedEndpoints } from "../support/ProtectedEndpoints.ts"
import { algNone } from "./attacks/Algorithms.ts"
import { carriers } from "./attacks/AuthHeaders.ts"
import { published } from "./attacks/Keys.ts"
import { shapes } from "./attacks/MalformedTokens.ts"
import { attackSuite } from "./attacks/Suite.ts"

// Each endpoint in its turn. Attacks.slow.test.ts tries every token on every endpoint.
attackSuite((n) => protectedEndpoints.slice(n % protectedEndpoints.length).slice(0, 1))

const guarded = protectedEndpoints.map((endpoint) => [endpoint.name, endpoint] as const)

layer(layerWithAuth(authWithKeys(() => published)))("Every protected endpoint with a JWKS", (it) => {
  it.effect.each(guarded)("%s accepts a valid token and rejects a request without one", ([, endpoint]) =>
    Effect.gen(function* () {
      yield* assertAccepted({ authorization: `Bearer ${withKey.sign()}` }, validClaims.sub, [endpoint])
      for (const attack of [...algNone.slice(0, 3), ...shapes(withKey).slice(0, 3), ...carriers(withKey).slice(0, 3)]) {
        yield* assertRejected(attack, [endpoint])
      }
    })
  )

  it.effect("there are more than six protected endpoints", () =>
    Effect.sync(() => assert.isAbove(protectedEndpoints.length, 6))
  )
})

layer(layerWithAuth(authWithSecret))("Every protected endpoint with a shared secret", (it) => {
  it.effect.each(guarded)("%s accepts a valid token and rejects a request without one", ([, endpoint]) =>
    Effect.gen(function* () {
      yield* assertAccepted({ authorization: `Bearer ${withSecret.sign()}` }, validClaims.sub, [endpoint])
      for (const attack of [...algNone.slice(0, 3), ...carriers(withSecret).slice(0, 3)]) {
        yield* assertRejected(attack, [endpoint])
      }
    })
  )
})

let current = [jwkOf(odd.removed), jwkOf(keys.p256)]
layer(layerWithAuth(authWithKeys(() => current)))("Auth with a JWKS", (it) => {
  it.effect("rejects a token of that key after the next refresh, although it has accepted the token before", () =>
    Effect.gen(function* () {
      const token = signed(odd.removed)
      const authorization = `Bearer ${token}`
      yield* assertAccepted({ authorization }, validClaims.sub, protectedEndpoints)
      current = [jwkOf(keys.p256)]
      yield* TestClock.adjust("5 minutes")
      yield* assertRejected({ name: "", token }, protectedEndpoints)
      yield* assertAccepted({ authorization: `Bearer ${signed(keys.p256)}` }, validClaims.sub, protectedEndpoints)
    })
  )
})
