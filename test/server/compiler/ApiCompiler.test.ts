import { assert, describe, it } from "@effect/vitest"
import { Effect, Exit, Option, Result, Schema, Stream } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiError, HttpApiGroup, HttpApiSchema } from "effect/http-api"
import { schemaErrors } from "../../../src/domain/SchemaErrors.ts"
import { type CompiledEndpoint, compile, UnsupportedEndpoint } from "../../../src/server/compiler/ApiCompiler.ts"

class TooBig extends HttpApiError.Problem<TooBig>()(
  "TooBig",
  { type: "urn:test:too-big", status: 413, title: "Too big" },
  { max: Schema.Int }
) {}

class Busy extends HttpApiError.Problem<Busy>()(
  "Busy",
  { type: "urn:test:busy", status: 503, title: "Busy" },
  { seconds: Schema.Int }
) {
  static readonly response = Busy.pipe(
    HttpApiSchema.encodeToWithHeaders(
      { body: Busy, headers: { "retry-after": Schema.String } },
      {
        decode: ({ body }) => body,
        encode: (busy) => ({ body: busy, headers: { "retry-after": String(busy.seconds) } })
      }
    )
  )
}

const Book = Schema.Struct({ id: Schema.Int, published: Schema.DateTimeUtcFromString })
const Unchanged = Schema.Struct({ unchanged: Schema.Literal(true) }).pipe(
  HttpApiSchema.encodeToWithHeaders(
    { body: HttpApiSchema.Empty(304), headers: { etag: Schema.String } },
    {
      decode: () => ({ unchanged: true as const }),
      encode: () => ({ body: undefined, headers: { etag: '"1"' } })
    }
  )
)

let decodedPages = 0
const Page = Schema.String.check(
  Schema.makeFilter((text) => {
    decodedPages++
    return text.length === 1
  })
)
const Pages = Schema.Array(Page).check(Schema.isMaxLength(5, { code: "too_many", message: "Must have at most 5" }))
const Volume = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("short"), pages: Pages }),
  Schema.Struct({ kind: Schema.Literal("long"), pages: Schema.Array(Page).check(Schema.isMaxLength(7)) }),
  Schema.Struct({ kind: Schema.Literal("note"), pages: Schema.NullOr(Schema.String) })
])

class Books extends HttpApiGroup.make("books").add(
  HttpApiEndpoint.get("get", "/books/:id", {
    params: { id: Schema.FiniteFromString },
    query: { tag: Schema.optionalKey(Schema.Array(Schema.String)) },
    headers: { "x-shelf": Schema.NonEmptyString },
    success: [Book, Unchanged],
    error: [TooBig, Busy.response]
  }),
  HttpApiEndpoint.post("create", "/books", {
    payload: [
      Schema.Struct({ title: Schema.NonEmptyString, pages: Schema.Int }),
      Schema.Struct({ isbn: Schema.NonEmptyString }).pipe(
        HttpApiSchema.asJson({ contentType: "application/isbn+json" })
      )
    ],
    success: Schema.Struct({ id: Schema.Int }).pipe(HttpApiSchema.status(201))
  }),
  HttpApiEndpoint.post("print", "/books/print", {
    payload: Schema.Struct({
      pages: Pages,
      volumes: Schema.optionalKey(Schema.Array(Volume).check(Schema.isMaxLength(2))),
      shelves: Schema.optionalKey(Schema.Array(Volume).check(Schema.isMaxLength(100)))
    })
  }),
  HttpApiEndpoint.delete("remove", "/books/:id", { params: { id: Schema.FiniteFromString } }),
  HttpApiEndpoint.get("title", "/title", { success: Schema.String.pipe(HttpApiSchema.asText()) }),
  HttpApiEndpoint.get("cover", "/cover", {
    success: Schema.Uint8Array.pipe(HttpApiSchema.asUint8Array({ contentType: "image/png" }))
  }),
  HttpApiEndpoint.get("label", "/label", {
    success: Schema.Struct({ title: Schema.String, shelf: Schema.String }).pipe(HttpApiSchema.asFormUrlEncoded())
  }),
  HttpApiEndpoint.get("all", "/all", {
    success: HttpApiSchema.WithHeaders(HttpApiSchema.StreamNdjson({ schema: Book }), { "x-count": Schema.String })
  })
) {}

const strict = { errors: "all", onExcessProperty: "error" } as const

class Library extends HttpApi.make("library")
  .add(Books)
  .annotate(HttpApi.PayloadParseOptions, strict)
  .annotate(HttpApi.QueryParseOptions, strict) {}

const unused = () => Effect.die("not called")

const compiled = (): Record<string, CompiledEndpoint> =>
  Object.fromEntries(
    compile(Library, {
      books: {
        get: unused,
        create: unused,
        print: unused,
        remove: unused,
        title: unused,
        cover: unused,
        label: unused,
        all: unused
      }
    }).map((endpoint) => [`${endpoint.method} ${endpoint.path}`, endpoint])
  )

const endpoint = (name: string) => {
  const found = compiled()[name]
  assert(found !== undefined, name)
  return found
}

const parts = { url: "/", path: {}, query: {}, headers: {} }
const pointers = (decoded: ReturnType<CompiledEndpoint["decode"]>) => decoded.issues?.map(({ pointer }) => pointer)

describe("compile", () => {
  it("decodes path, query and headers into the input of the handler", () => {
    const { input } = endpoint("GET /books/:id").decode({
      ...parts,
      path: { id: "7" },
      query: { tag: "red" },
      headers: { "x-shelf": "a", accept: "*/*" }
    }) as { input: object }
    assert.deepStrictEqual(input, {
      request: { url: "/" },
      params: { id: 7 },
      query: { tag: ["red"] },
      headers: { "x-shelf": "a" }
    })
  })

  it("reports the errors of all parts together", () => {
    const decoded = endpoint("GET /books/:id").decode({ ...parts, path: { id: "x" }, query: { colour: "red" } })
    assert.deepStrictEqual(pointers(decoded), ["/path", "/query", "/header"])
  })

  it("rejects a query parameter where no query is declared", () => {
    assert.deepStrictEqual(pointers(endpoint("GET /title").decode({ ...parts, query: { q: "x" } })), ["/query"])
  })

  it("decodes a body by its media type", () => {
    const { decode, mediaTypes } = endpoint("POST /books")
    assert.sameMembers([...mediaTypes], ["application/json", "application/isbn+json"])
    for (const [mediaType, text, isValid] of [
      ["application/json", '{"title":"t","pages":1}', true],
      ["application/isbn+json", '{"isbn":"1"}', true],
      ["application/isbn+json", '{"title":"t","pages":1}', false],
      ["application/json", '{"title":"t","pages":1,"x":1}', false],
      ["application/json", "{", false],
      ["application/json", "", false]
    ] as const) {
      const decoded = decode({ ...parts, body: { mediaType, text } })
      assert.deepStrictEqual(pointers(decoded), isValid ? undefined : ["/body"], `${mediaType} ${text}`)
    }
  })

  it("reports an array that is too long without decoding the entries above its maximum length", () => {
    const { decode } = endpoint("POST /books/print")
    const errorsOf = (body: unknown) => {
      decodedPages = 0
      const { issues = [] } = decode({ ...parts, body: { mediaType: "application/json", text: JSON.stringify(body) } })
      return Array.from(schemaErrors(issues), ({ code, pointer }) => `${pointer} ${code}`)
    }
    const valid = Array.from("abcde")
    assert.deepStrictEqual(errorsOf({ pages: valid, volumes: [{ kind: "short", pages: valid }] }), [])
    assert.deepStrictEqual(errorsOf({ pages: [...valid, "f"] }), ["/body/pages too_many"])
    assert.deepStrictEqual(errorsOf({ pages: Array(20_000).fill(""), x: 1 }).length, 7)
    // Once to find that it is invalid, and once to list the errors.
    assert.isAtMost(decodedPages, 2 * 5)
    // Where alternatives differ, the longest is allowed here, and each decodes no more than that.
    assert.deepStrictEqual(errorsOf({ pages: [], volumes: [{ kind: "long", pages: [...valid, "f", "g"] }] }), [])
    assert.include(errorsOf({ pages: [], volumes: [{ kind: "short", pages: [...valid, "f"] }] })[0], "too_many")
    assert.isAtLeast(
      errorsOf({ pages: [], volumes: Array(9000).fill({ kind: "short", pages: Array(2).fill("") }) }).length,
      1
    )
    assert.isAtMost(decodedPages, 2 * 2 * 2)
    errorsOf({ pages: [], volumes: [{ kind: "long", pages: Array(9000).fill("") }] })
    assert.isAtMost(decodedPages, 2 * 7)
  })

  it("reports the first error of a body whose other errors exceed the decoded part", () => {
    const { decode } = endpoint("POST /books/print")
    const volume = { kind: "long", pages: Array.from("abcdefg") }
    const text = (last: unknown) => JSON.stringify({ pages: [], shelves: [...Array(99).fill(volume), last] })
    const ask = (last: unknown) => decode({ ...parts, body: { mediaType: "application/json", text: text(last) } })
    assert.isUndefined(ask(volume).issues)
    const decoded = ask({ kind: "long", pages: ["", ""] })
    assert(decoded.issues !== undefined)
    assert.isTrue(decoded.isPartial)
    const pointers = Array.from(schemaErrors(decoded.issues), ({ pointer }) => pointer)
    assert.deepStrictEqual(pointers, ["/body/shelves/99/pages/0"])
  })

  it("encodes the success whose schema fits the value", () => {
    const { encodeSuccess } = endpoint("GET /books/:id")
    const published = Schema.decodeSync(Schema.DateTimeUtcFromString)("2026-11-20T09:30:00.000Z")
    assert.deepStrictEqual(encodeSuccess({ id: 1, published }), {
      status: 200,
      headers: {},
      body: {
        _tag: "Json",
        contentType: "application/json",
        value: { id: 1, published: "2026-11-20T09:30:00.000Z" }
      }
    })
    assert.deepStrictEqual(encodeSuccess({ unchanged: true }), {
      status: 304,
      headers: { etag: '"1"' },
      body: { _tag: "Empty" }
    })
    for (const wrong of [{ id: "1" }, {}, undefined, null, 7]) assert.isUndefined(encodeSuccess(wrong))
  })

  it("encodes empty, text, binary and form successes with their content types", () => {
    assert.deepStrictEqual(endpoint("DELETE /books/:id").encodeSuccess(undefined), {
      status: 204,
      headers: {},
      body: { _tag: "Empty" }
    })
    assert.deepStrictEqual(endpoint("GET /title").encodeSuccess("Faust")?.body, {
      _tag: "Text",
      contentType: "text/plain",
      text: "Faust"
    })
    const bytes = Uint8Array.of(1, 2)
    assert.deepStrictEqual(endpoint("GET /cover").encodeSuccess(bytes)?.body, {
      _tag: "Bytes",
      contentType: "image/png",
      bytes
    })
    assert.deepStrictEqual(endpoint("GET /label").encodeSuccess({ title: "Faust I", shelf: "ä" })?.body, {
      _tag: "Text",
      contentType: "application/x-www-form-urlencoded",
      text: "title=Faust+I&shelf=%C3%A4"
    })
  })

  it.effect("streams NDJSON with declared headers, and fails the stream at an element that does not fit", () =>
    Effect.gen(function* () {
      const { encodeSuccess } = endpoint("GET /all")
      const published = Schema.decodeSync(Schema.DateTimeUtcFromString)("2026-11-20T09:30:00.000Z")
      const stream = (items: ReadonlyArray<unknown>) => {
        const response = encodeSuccess(
          HttpApiSchema.withHeaders({ body: Stream.fromIterable(items), headers: { "x-count": "2" } })
        )
        assert(response?.body._tag === "Stream")
        assert.deepStrictEqual([response.status, response.headers], [200, { "x-count": "2" }])
        return Effect.map(Stream.runCollect(response.body.stream), (chunks) => Buffer.concat(chunks).toString())
      }
      assert.strictEqual(yield* stream([{ id: 1, published }]), '{"id":1,"published":"2026-11-20T09:30:00.000Z"}\n')
      assert.isTrue(Exit.isFailure(yield* Effect.exit(stream([{ id: "x" }]))))
    })
  )

  it("encodes a declared error with its status and headers, and no other value", () => {
    const { encodeError } = endpoint("GET /books/:id")
    assert.deepStrictEqual(encodeError(new TooBig({ max: 3 })), {
      status: 413,
      headers: {},
      body: {
        _tag: "Json",
        contentType: "application/problem+json",
        value: { type: "urn:test:too-big", status: 413, title: "Too big", max: 3 }
      }
    })
    assert.deepInclude(encodeError(new Busy({ seconds: 2 })), { status: 503, headers: { "retry-after": "2" } })
    for (const other of [new Error("x"), undefined, null, "x", { _tag: "TooBig" }]) {
      assert.isUndefined(encodeError(other))
    }
  })

  it.each([
    ["an upgrade", HttpApiEndpoint.get("bad", "/bad", { success: HttpApiSchema.Upgrade({ protocol: "x" }) })],
    [
      "a multipart body",
      HttpApiEndpoint.post("bad", "/bad", {
        payload: Schema.Struct({ name: Schema.String }).pipe(HttpApiSchema.asMultipart())
      })
    ],
    ["server-sent events", HttpApiEndpoint.get("bad", "/bad", { success: HttpApiSchema.StreamSse({ data: Book }) })]
  ])("refuses %s at start-up and names the endpoint", (_, bad) => {
    const api = HttpApi.make("bad").add(HttpApiGroup.make("group").add(bad as never))
    const error = Result.getFailure(
      Result.try({ try: () => compile(api, { group: { bad: unused } } as never), catch: (thrown) => thrown })
    )
    assert(Option.isSome(error) && error.value instanceof UnsupportedEndpoint, String(error))
    assert.match(error.value.message, /^endpoint group\.bad cannot be served: /)
  })

  it("refuses an endpoint without a handler", () => {
    assert.throws(
      () => compile(Library, { books: {} } as never),
      /endpoint books\.get cannot be served: it has no handler/
    )
  })
})
