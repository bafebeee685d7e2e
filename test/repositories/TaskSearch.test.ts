import { createHash } from "node:crypto"
import * as NodeCrypto from "@effect/platform-node/NodeCrypto"
import { assert, describe, layer } from "@effect/vitest"
import { Effect, Layer } from "effect"
import { UserId } from "../../src/domain/User.ts"
import { TaskRepo } from "../../src/repositories/TaskRepo.ts"
import { randomOf } from "../support/Random.ts"
import { databases } from "../support/TestDatabase.ts"
import { byTier } from "../support/Tier.ts"

describe.each(databases)("TaskRepo.list with a search on %s", (_, database) => {
  const services = Layer.provideMerge(TaskRepo.layer, Layer.merge(database, NodeCrypto.layerSecureRandom))

  layer(services, { excludeTestServices: true, timeout: 300_000 })((it) => {
    const titled = Effect.fnUntraced(function* (owner: UserId, titles: ReadonlyArray<string>) {
      const tasks = yield* TaskRepo
      for (const title of titles) yield* tasks.create(owner, { title })
    })

    const found = Effect.fnUntraced(function* (owner: UserId, q: string) {
      const tasks = yield* TaskRepo
      return (yield* tasks.list(owner, { q, sort: "created_at" })).items.map(({ title }) => title)
    })

    it.effect("finds words of title and description by their prefix", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const owner = UserId.make("searcher")
        const milk = "Buy MILK and bread"
        const bread = "Bake bread"
        const report = "Report for Zürich, 東京 and Привет"
        const code = "Learn C++ 26: it's a:b \\ path/to"
        yield* titled(owner, [milk, bread])
        yield* tasks.create(owner, { title: report, description: "Quarterly milk report" })
        yield* titled(owner, [code])
        for (const [q, expected] of [
          ["milk", [milk, report]],
          ["Milk", [milk, report]],
          ["mil", [milk, report]],
          ["ilk", []],
          ["milk bread", [milk]],
          ["bread milk", [milk]],
          ["milk report", [report]],
          ["report quart", [report]],
          ["quart report", []],
          ["milk -bread", [milk]],
          ["bread -milk", [milk]],
          ["-milk", [milk, report]],
          ["bake or quarterly", []],
          ['"milk and bread"', [milk]],
          ['"bread and milk"', [milk]],
          ['"and bread" buy', [milk]],
          ['-"bake bread" bread', [bread]],
          ["zürich", [report]],
          ["ZÜRICH", [report]],
          ["zür", [report]],
          ["東京", [report]],
          ["東", [report]],
          ["ПРИВЕТ", [report]],
          ["при", [report]],
          ["c++", [code]],
          ["C++ 26", [code]],
          ["26", [code]],
          ["2", [code]],
          ["it's", [code]],
          ["a:b", [code]],
          ["   milk   ", [milk, report]],
          ["milk!", [milk, report]],
          ["milk:*", [milk, report]],
          ["mi*", [milk, report]],
          ["(milk & bread)", [milk]],
          ["!milk", [milk, report]],
          ["milk - bread", [milk]],
          ["bake -- bread", [bread]],
          ["---milk", [milk, report]],
          ["- milk", [milk, report]],
          ["nothing", []],
          ["...", []],
          ["-", []],
          ['"', []],
          ["%", []],
          ["_", []],
          ["\\", [code]],
          ["++", [code]],
          [": + '", [code]],
          [",", [report]],
          [" ", [milk, bread, report, code]],
          ["🥛", []]
        ] as const) {
          assert.deepStrictEqual(yield* found(owner, q), [...expected], q)
        }
      })
    )

    it.effect(
      "accepts every text as a search",
      () =>
        Effect.gen(function* () {
          const tasks = yield* TaskRepo
          const random = randomOf(42)
          const owner = UserId.make("attacked")
          yield* titled(owner, ["it's a:b \\ c & d | e <-> f !g 'h' (i) j:* k:A"])
          const bits = [
            "'",
            "''",
            "\\",
            "&",
            "|",
            "!",
            "(",
            ")",
            "<->",
            "<2>",
            ":",
            ":*",
            ":A",
            "*",
            '"',
            "-",
            " or ",
            "--",
            ";",
            "%",
            "$1",
            "@"
          ]
          const letters = [
            "a",
            "é",
            "東",
            "0",
            "\t",
            "\n",
            "\u00a0",
            "\u200b",
            "\u{1f95b}",
            "x@y.zz",
            "http://a.b/c?d",
            "<b>",
            "&amp;",
            "1e9"
          ]
          const queries = [
            ...bits,
            "' or 1=1 --",
            "'; drop table task; --",
            "\\'",
            "a\\",
            "'a'\\",
            "or",
            "or or or",
            "a or",
            "-a or -b",
            '"a',
            'a""b',
            '-""',
            ...[
              "-",
              "- ",
              "-&",
              "-:",
              "-'",
              "-\\",
              "-*",
              "-<",
              "-$",
              "-a",
              '-"',
              '-""',
              '-"" ',
              '-"-',
              "-or ",
              "-a or ",
              "!",
              "(-",
              "\u00a0-",
              "\u200b-"
            ].map((bit) => bit.repeat(Math.floor(200 / bit.length))),
            "(".repeat(200),
            "a ".repeat(100),
            "\u{1f95b}".repeat(200),
            "東".repeat(200),
            "a-".repeat(100),
            ...Array.from({ length: byTier(100, 300) }, () =>
              Array.from({ length: 1 + random.below(40) }, () => random.one(random.next() < 0.6 ? bits : letters)).join(
                ""
              )
            )
          ]
          for (const q of queries) {
            const { items, total } = yield* tasks.list(owner, { q, count: "exact" })
            assert.strictEqual(items.length, total, q)
          }
        }),
      300_000
    )

    it.effect("does not find the word that marks the owner of a task in the index", () =>
      Effect.gen(function* () {
        const tasks = yield* TaskRepo
        const owner = UserId.make("marked")
        const spy = UserId.make("spy")
        yield* titled(owner, ["Secret", "Secret too"])
        const md5 = createHash("md5").update(owner).digest("hex")
        const marker = `@${md5}`
        const queries = [marker, md5, `'${marker}'`, `"${marker}"`, `-${marker}`, "@", marker.slice(0, 5)]
        const injected = [`x') | '${marker}`, `x' | '${marker}' | '`, `x:* | '${marker}':*`, `secret or ${marker}`]
        for (const q of [...queries, ...injected]) {
          assert.deepInclude(yield* tasks.list(spy, { q, count: "exact" }), { items: [], total: 0 }, q)
        }
        const own = `My note of ${marker}`
        yield* titled(spy, [own])
        for (const q of queries) assert.deepStrictEqual(yield* found(spy, q), [own], q)
        for (const q of injected) assert.deepStrictEqual(yield* found(spy, q), [], q)
        assert.deepStrictEqual(yield* found(spy, md5), [own])
        assert.deepStrictEqual(yield* found(owner, md5), [])
        assert.deepStrictEqual(yield* found(owner, "secret"), ["Secret", "Secret too"])
      })
    )
  })
})
