import { assert, layer } from "@effect/vitest"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { attackedBy, authWithKeys, authWithSecret, isAccepted, withstand } from "../support/AttackHarness.ts"
import { endpoints } from "../support/Guarded.ts"
import { jwkOf, keys, odd, right, signed, withKey, withSecret } from "../support/Issuer.ts"
import { none } from "./attacks/Algorithms.ts"
import { carriers } from "./attacks/AuthHeaders.ts"
import { published } from "./attacks/Keys.ts"
import { shapes } from "./attacks/MalformedTokens.ts"
import { attackSuite } from "./attacks/Suite.ts"

// Each endpoint in its turn. Attacks.slow.test.ts tries every token on every endpoint.
attackSuite((n) => endpoints.slice(n % endpoints.length).slice(0, 1))

const guarded = endpoints.map((endpoint) => [endpoint.name, endpoint] as const)

layer(attackedBy(authWithKeys(() => published)))("Every endpoint, with the keys of an issuer (JWKS),", (it) => {
  it.effect.each(guarded)("%s accepts a valid token and rejects a request without one", ([, endpoint]) =>
    Effect.gen(function* () {
      yield* isAccepted({ authorization: `Bearer ${withKey.sign()}` }, right.sub, [endpoint])
      for (const attack of [...none.slice(0, 3), ...shapes(withKey).slice(0, 3), ...carriers(withKey).slice(0, 3)]) {
        yield* withstand(attack, [endpoint])
      }
    })
  )

  it.effect("is one of more than six", () => Effect.sync(() => assert.isAbove(endpoints.length, 6)))
})

layer(attackedBy(authWithSecret))("Every endpoint, with a shared secret,", (it) => {
  it.effect.each(guarded)("%s accepts a valid token and rejects a request without one", ([, endpoint]) =>
    Effect.gen(function* () {
      yield* isAccepted({ authorization: `Bearer ${withSecret.sign()}` }, right.sub, [endpoint])
      for (const attack of [...none.slice(0, 3), ...carriers(withSecret).slice(0, 3)]) {
        yield* withstand(attack, [endpoint])
      }
    })
  )
})

let current = [jwkOf(odd.removed), jwkOf(keys.p256)]
layer(attackedBy(authWithKeys(() => current)))("Auth, when the issuer removes a key,", (it) => {
  it.effect("rejects a token of that key after the next refresh, although it has accepted the token before", () =>
    Effect.gen(function* () {
      const token = signed(odd.removed)
      const authorization = `Bearer ${token}`
      yield* isAccepted({ authorization }, right.sub, endpoints)
      current = [jwkOf(keys.p256)]
      yield* TestClock.adjust("5 minutes")
      yield* withstand({ name: "", token }, endpoints)
      yield* isAccepted({ authorization: `Bearer ${signed(keys.p256)}` }, right.sub, endpoints)
    })
  )
})
