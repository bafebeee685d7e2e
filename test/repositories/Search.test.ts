import { assert, describe, it, layer } from "@effect/vitest"
import { Effect } from "effect"
import { SqlClient } from "effect/sql"
import { inject } from "vitest"
import { migrateTemplate } from "../support/migrateTemplate.ts"
import * as PostgresServer from "../support/PostgresServer.ts"
import { type Random, randomOf } from "../support/Random.ts"
import { databases } from "../support/TestDatabase.ts"
import { byTier } from "../support/Tier.ts"

/** First and last letter of a range, and what follows a letter of it. */
const scripts: ReadonlyArray<readonly [string, string, string]> = [
  ["a", "z", "\u0301"],
  ["A", "Z", "\u0308"],
  ["À", "Ö", ""],
  ["Ø", "ö", ""],
  ["Ā", "ľ", ""],
  ["α", "ω", "\u0301"],
  ["Ѐ", "ӿ", ""],
  ["א", "ת", "\u05b7"],
  ["ا", "ي", "\u064e"],
  ["क", "ह", "\u093f"],
  ["ก", "ฮ", "\u0e35"],
  ["一", "龥", ""],
  ["ぁ", "ゖ", ""],
  ["ァ", "ヺ", ""],
  ["가", "힣", ""],
  ["Ａ", "ｚ", ""],
  ["0", "9", ""]
]
const separators = [
  ...[" ", "  ", "-", "--", "/", "://", ".", "@", "'", '"', "\\", ":", ":*", "<", ">", "&", "|", "!", "(", ")"],
  ...["\t", "\n", "\u00a0", "\u200b", "™", "²", "½", "…", "、", "。", "«", "🥛", "👩‍👧", "_", "+", "#", "%", "$1"]
]

const wordOf = (random: Random) => {
  const [first, last, mark] = random.one(scripts)
  const [from, to] = [first.charCodeAt(0), last.charCodeAt(0)]
  const letter = () => String.fromCharCode(from + random.below(to - from + 1))
  const word = Array.from({ length: 1 + random.below(7) }, () => letter() + (random.below(4) === 0 ? mark : ""))
  return random.below(8) === 0 ? "Straße" : word.join("")
}

const textOf = (random: Random) =>
  Array.from({ length: 1 + random.below(8) }, () => wordOf(random) + random.one(separators)).join("")

/** What a user may type for a text: all of it, its words, and the beginning of its last word. */
const partsOf = (text: string) => {
  const words = text.match(/[\p{L}\p{M}\p{N}]+/gu) ?? []
  const last = Array.from(words.at(-1) ?? "")
  const before = text.slice(0, text.lastIndexOf(last.join("")))
  return [text, ...words, ...last.map((_, end) => before + last.slice(0, end + 1).join(""))]
}

const formsOf = (text: string) =>
  ["NFC", "NFD", "NFKC"].flatMap((form) => {
    const normal = form === "NFKC" ? text : text.normalize(form)
    return [normal, normal.toUpperCase(), normal.toLowerCase()]
  })

const finds = Effect.fnUntraced(function* (pairs: ReadonlyArray<readonly [text: string, q: string]>) {
  const sql = yield* SqlClient.SqlClient
  return yield* sql<{ text: string; q: string; found: boolean }>`
    select pair->>0 as text, pair->>1 as q, search_document('ada', pair->>0) @@ search_query('ada', pair->>1) as found
    from jsonb_array_elements(${JSON.stringify(pairs)}::text::jsonb) as pair
  `
})

const examples: ReadonlyArray<readonly [text: string, ...queries: ReadonlyArray<string>]> = [
  ["Read https://example.com/blog/post-1", "https://example.com/blog/post-1", "example.com/bl", "blog", "post"],
  ["Call mum/dad", "dad", "mum", "mum/d"],
  ["Book follow-up call", "follow-u", "follow-up", "up call"],
  ["ada@example.com", "ada@example.c", "example", "ada"],
  ["Read pages 10-20", "20", "10", "10-2"],
  ["Refactor <Header> component", "header", "<Header>", "<head"],
  ["Send report.pdf", "pdf", "report.pdf", "report.p"],
  ["Café", "cafe\u0301", "cafe", "CAFÉ", "ｃａｆé"],
  ["Cafe\u0301", "café", "cafe"],
  ["cafe", "Café", "Cafe\u0301"],
  ["Straße", "STRASSE", "strasse", "STRAẞE"],
  ["ΟΔΟΣ", "οδος", "οδοσ", "οδο"],
  ["İstanbul Iğdır", "istanbul", "ISTANBUL", "IĞDIR"],
  ["买牛奶和面包", "牛奶", "面", "买牛奶"],
  ["우유를 사다", "우유", "우유를"],
  ["ガラス", "ｶﾞﾗｽ"],
  ["Buy 🥛", "🥛", "buy 🥛"],
  ["5 – or -x \"not' & \\ c:*", "or -x", "not' & \\ c:*", "-x"],
  ["...", "..."],
  ["Łódź Øresund", "lodz", "łódź ores", "ŁÓDŹ øre", "lodz oresund"],
  ["Lodz Oresund", "Łódź", "Øresund"],
  ["Đà Nẵng, Þórshöfn", "da nang", "đa", "thorsh"],
  ["œuvre d’Ærø", "oeuvre", "aero", "ŒUVRE"],
  ["Foo™ bar x² y", "foo bar", "x² y", "x y", "x2 y"],
  ["Kartoffel\u00adsalat kaufen", "kartoffelsalat", "Kartoffel\u00adsal", "salat", "kaufen kartoffelsal"],
  ["Kartoffelsalat", "Kartoffel\u00adsalat", "kartof\u00ad", "\u200ekartoffelsalat\u200f"],
  ["foo\u200bbar\u2060baz", "foobarbaz", "foo bar baz", "foo\u200bbar"],
  [
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",
    "\u0645\u06cc\u062e\u0648\u0627\u0647\u0645",
    "\u0645\u06cc \u062e\u0648\u0627\u0647\u0645",
    "\u062e\u0648\u0627\u0647\u0645"
  ],
  ["\u0645\u062d\u0640\u0640\u0645\u062f", "\u0645\u062d\u0645\u062f"],
  ["20 m² lawn, Ⅳ plan, ①", "m2", "m²", "iv", "m² lawn iv plan 1"],
  ["Łódź\u00adka", "lodzka", "Łódźka"]
]

describe.each(databases)("Search words on %s", (_, database) => {
  layer(database, { excludeTestServices: true, timeout: 300_000 })((it) => {
    it.effect.each(examples)("finds %s by each of its parts", ([text, ...queries]) =>
      Effect.gen(function* () {
        const rows = yield* finds(queries.map((q) => [text, q]))
        assert.deepStrictEqual(
          rows.filter(({ found }) => !found),
          []
        )
      })
    )

    it.effect("does not find a text by the middle of a word, a prefix that is not last, or other letters", () =>
      Effect.gen(function* () {
        const rows = yield* finds([
          ["Buy milk", "ilk"],
          ["Buy milk", "mil buy"],
          ["Buy milk", "buy mulk"],
          ["ガラス", "カラス"],
          ["한국", "하국"],
          ["Kartoffel\u00adsalat", "offelsalat"],
          ["Kartoffel salat", "kartoffelsalat"],
          ["m² lawn", "m3"]
        ])
        assert.deepStrictEqual(
          rows.filter(({ found }) => found),
          []
        )
      })
    )

    it.effect("finds random texts by themselves, their words and prefixes, in every normal form and case", () =>
      Effect.gen(function* () {
        const random = randomOf(20_261_127)
        const pairs = Array.from({ length: byTier(150, 500) }, () => textOf(random)).flatMap((text) =>
          partsOf(text)
            .flatMap(formsOf)
            .map((q) => [text, q] as const)
        )
        assert.isAbove(pairs.length, byTier(3000, 10_000))
        for (let start = 0; start < pairs.length; start += 500) {
          const rows = yield* finds(pairs.slice(start, start + 500))
          assert.deepStrictEqual(rows.filter(({ found }) => !found).slice(0, 20), [])
        }
      })
    )

    it.effect("indexes words of any length", () =>
      Effect.gen(function* () {
        const rows = yield* finds(
          ["x".repeat(2000), "東".repeat(2000), "\u{1d400}".repeat(2000), "\ufdfa".repeat(2000), "व्".repeat(1000)].map(
            (text) => [text, Array.from(text).slice(0, 200).join("")] as const
          )
        )
        assert.deepStrictEqual(
          rows.filter(({ found }) => !found),
          []
        )
      })
    )
  })
})

describe("Search and tag names", () => {
  it.effect.each([
    ["C", "locale_provider libc locale 'C'"],
    ["tr-TR of ICU", "locale_provider icu icu_locale 'tr-TR' locale 'C'"]
  ])(
    "fold case in a database of locale %s as in any other",
    ([, options = ""]) =>
      Effect.gen(function* () {
        const server = inject("postgres").url
        const url = new URL(server)
        const name = `folding_${process.pid}_${options.length}`
        yield* Effect.acquireRelease(
          PostgresServer.administer(server, (sql) =>
            sql.unsafe(`create database ${name} template template0 encoding 'UTF8' ${options}`)
          ),
          () => Effect.orDie(PostgresServer.administer(server, (sql) => sql.unsafe(`drop database ${name} (force)`)))
        )
        url.pathname = name
        yield* Effect.promise(() => migrateTemplate(url.href))
        const [row] = yield* PostgresServer.administer(
          url.href,
          (sql) => sql`
            select search_words('Ärzte-TITEL Café ПРИВЕТ') as words, fold_case('ÄRZTE I') as name,
              fold_case('Café') = fold_case(${"CAFE\u0301"}) as is_same, fold_case('Cafe') = fold_case('Café') as is_plain
          `
        )
        assert.deepStrictEqual(row, {
          words: ["arzte", "titel", "cafe", "привет"],
          name: "ärzte i",
          is_same: true,
          is_plain: false
        })
      }).pipe(Effect.scoped),
    300_000
  )
})
