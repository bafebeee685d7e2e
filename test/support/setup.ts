import { afterAll, assert } from "@effect/vitest"
import { leaks } from "./LogAssertions.ts"

afterAll(() => assert.deepStrictEqual(leaks(), [], "the log tells what it must not"))
