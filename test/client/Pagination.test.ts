import { assert, describe, it } from "@effect/vitest"
import { makeTasksClient } from "../../src/client/index.ts"
import { nextPage } from "../../src/client/Pagination.ts"

describe("nextPage", () => {
  it.each([
    ['<?limit=2&cursor=abc>; rel="next"', { cursor: "abc" }],
    ["</api/tasks?cursor=abc>; rel=next", { cursor: "abc" }],
    ['<https://other.example/prefix/api/tasks?q=what?&cursor=a%2Bb>; rel="next"', { cursor: "a+b" }],
    ['<?offset=0>; rel="prev", <?offset=4>; rel="next"', { offset: 4 }]
  ])("reads the pagination parameters of %s", (link, expected) => {
    assert.deepStrictEqual(nextPage(link), expected)
  })

  it.each([null, '<?offset=0>; rel="prev"'])("finds no next page in %s", (link) => {
    assert.isUndefined(nextPage(link))
  })
})

/** A server behind a path prefix with two pages, whose link is relative to the request. */
const twoPages =
  (seen: Array<string>): typeof fetch =>
  async (input) => {
    const url = new URL(String(input))
    seen.push(url.href)
    const isFirst = !url.searchParams.has("cursor")
    return new Response(JSON.stringify([{ title: isFirst ? "one" : "two" }]), {
      headers: isFirst ? { link: '<?q=what%3F&limit=1&cursor=ab%2Bc>; rel="next"' } : {}
    })
  }

describe("tasks.all", () => {
  it("keeps the path prefix and the filters while it follows relative links", async () => {
    const seen: Array<string> = []
    const client = makeTasksClient({ baseUrl: "https://example.com/prefix/", token: "t", fetch: twoPages(seen) })
    const titles: Array<string> = []
    for await (const { title } of client.tasks.all({ q: "what?", limit: 1 })) titles.push(title)
    assert.deepStrictEqual(titles, ["one", "two"])
    assert.deepStrictEqual(seen, [
      "https://example.com/prefix/api/tasks?q=what%3F&limit=1",
      "https://example.com/prefix/api/tasks?q=what%3F&limit=1&cursor=ab%2Bc"
    ])
  })
})
