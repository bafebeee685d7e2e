import { assert, describe, it } from "@effect/vitest"
import { Option, Schema } from "effect"
import { ETag, IfMatch, IfNoneMatch } from "../../src/api/schemas/ETag.ts"
import { Version, type VersionMatch } from "../../src/domain/Version.ts"

const version = Version.check(Schema.isLessThanOrEqualTo(2_147_483_647))

describe("An entity tag", () => {
  it.prop("is the version and back", [version], ([version]) => {
    const tag = Schema.encodeSync(ETag)(version)
    assert.strictEqual(tag, `"${version}"`)
    assert.strictEqual(Schema.decodeUnknownSync(ETag)(tag), version)
  })
})

describe("A condition", () => {
  it.prop("of versions is the same after it was sent", [Schema.NonEmptyArray(version)], ([versions]) => {
    const sent = Schema.encodeSync(IfMatch)(versions)
    assert.deepStrictEqual<VersionMatch>(Schema.decodeUnknownSync(IfMatch)(sent), versions)
  })

  it.each<[string, VersionMatch]>([
    ["*", "*"],
    [' "1" ', [1]],
    ['"1","22" , "3"', [1, 22, 3]],
    ['W/"1"', []],
    ['W/"1", "2"', [2]],
    ['"abc", "0", "01", "a,b"', []],
    ['""', []]
  ])("%s names the versions %s for If-Match", (header, versions) => {
    assert.deepStrictEqual(Schema.decodeUnknownSync(IfMatch)(header), versions)
  })

  it.each(["1", "", '"1', '"1" "2"', '"1",', "*, *", 'w/"1"', '"1";x'])("'%s' is not one for If-Match", (header) => {
    assert.isTrue(Option.isNone(Schema.decodeUnknownOption(IfMatch)(header)))
  })

  it.each<[string, VersionMatch]>([
    ["*", "*"],
    ['W/"1", "2"', [1, 2]],
    ["nonsense", []]
  ])("%s names the versions %s for If-None-Match", (header, versions) => {
    assert.deepStrictEqual(Schema.decodeUnknownSync(IfNoneMatch)(header), versions)
  })
})
