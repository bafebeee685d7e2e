import { assert, describe, it } from "@effect/vitest"
import { Option, Schema } from "effect"
import { ETag, IfMatch, IfNoneMatch } from "../../src/api/schemas/ETag.ts"
import { Version, type VersionMatch } from "../../src/domain/Version.ts"

const version = Version.check(Schema.isLessThanOrEqualTo(2_147_483_647))

describe("ETag", () => {
  it.prop("encodes a version and decodes to it", [version], ([version]) => {
    const tag = Schema.encodeSync(ETag)(version)
    assert.strictEqual(tag, `"${version}"`)
    assert.strictEqual(Schema.decodeUnknownSync(ETag)(tag), version)
  })
})

describe("IfMatch and IfNoneMatch", () => {
  it.prop("decode to the versions that they encode", [Schema.NonEmptyArray(version)], ([versions]) => {
    const sent = Schema.encodeSync(IfMatch)(versions)
    assert.deepStrictEqual<VersionMatch>(Schema.decodeUnknownSync(IfMatch)(sent), versions)
  })

  it.each<[string, VersionMatch]>([
    ["*", "*"],
    [' "1" ', [1]],
    ['"1","22" , "3"', [1, 22, 3]],
    ['"1",', [1]],
    [' , "1",, ,"2" ,', [1, 2]],
    ['W/"1"', []],
    ['W/"1", "2"', [2]],
    ['"abc", "0", "01", "a,b"', []],
    ['""', []]
  ])("decode If-Match %s to the versions %s", (header, versions) => {
    assert.deepStrictEqual(Schema.decodeUnknownSync(IfMatch)(header), versions)
  })

  it.each(["1", "", '"1', '"1" "2"', ",", "*, *", '*, "1"', "*,", 'w/"1"', '"1";x'])(
    "refuse '%s' as If-Match",
    (header) => {
      assert.isTrue(Option.isNone(Schema.decodeUnknownOption(IfMatch)(header)))
    }
  )

  it.each<[string, VersionMatch]>([
    ["*", "*"],
    ['W/"1", "2"', [1, 2]],
    ["nonsense", []]
  ])("decode If-None-Match %s to the versions %s", (header, versions) => {
    assert.deepStrictEqual(Schema.decodeUnknownSync(IfNoneMatch)(header), versions)
  })
})
