import { assert, describe, inject, it } from "vitest"
import { add, newContext, newPerson, openTab, violations, withBrowser } from "./support/person.ts"

withBrowser()

const tasks = inject("tasks")

describe("/docs", () => {
  it("loads nothing from other hosts and sends a test request with a token", async () => {
    const ada = await newPerson(inject("page"))
    await add(ada.tab, "Seen from the documentation")
    const { token } = await (await ada.context.request.get(`${inject("page")}/api/auth/token`)).json()

    const context = await newContext()
    const hosts = new Set<string>()
    context.on("request", (request) => hosts.add(new URL(request.url()).origin))
    const { errors, tab } = await openTab(context, `${tasks}/docs`)
    await tab.getByRole("textbox", { name: "Token" }).fill(token)
    await tab.getByRole("button", { name: /Test Request.*get \/api\/tasks\)/ }).click()
    const [answer] = await Promise.all([
      tab.waitForResponse((response) => response.url().startsWith(`${tasks}/api/tasks`)),
      tab.getByRole("button", { name: /^Send/ }).first().click()
    ])
    assert.strictEqual(answer.status(), 200)
    await tab.getByText("Seen from the documentation").first().waitFor()
    // data: and blob: URLs have no host.
    assert.deepStrictEqual(
      [...hosts].filter((host) => host !== "null"),
      [tasks]
    )
    assert.deepStrictEqual(errors, [])
  })

  it("leaves optional parameters out of test requests and of copied snippets until a person turns them on", async () => {
    const context = await newContext()
    const { errors, tab } = await openTab(context, `${tasks}/docs`)
    const snippets = async () => (await tab.locator("pre").allInnerTexts()).filter((text) => text.startsWith("curl "))
    await tab.getByRole("button", { name: /Test Request.*get \/api\/tasks\)/ }).waitFor()
    assert.isNotEmpty(await snippets())
    for (const snippet of await snippets()) {
      assert.match(snippet, /^curl [^?\s]+ /)
      assert.notMatch(snippet, /If-Match|If-None-Match|Idempotency-Key/)
    }
    await tab.getByRole("button", { name: /Test Request.*get \/api\/tasks\)/ }).click()
    const send = async () => {
      const [request] = await Promise.all([
        tab.waitForRequest((request) => request.url().startsWith(`${tasks}/api/tasks`)),
        tab.getByRole("button", { name: /^Send/ }).first().click()
      ])
      return request.url().slice(tasks.length)
    }
    assert.strictEqual(await send(), "/api/tasks")
    await tab.locator("tr#limit").getByRole("checkbox").click()
    assert.strictEqual(await send(), "/api/tasks?limit=50")
    assert.deepStrictEqual(errors, [])
  })

  it("has no violation that axe finds, except for those of Scalar's own markup", async () => {
    const { tab } = await openTab(await newContext(), `${tasks}/docs`)
    await tab.getByRole("button", { name: /Test Request.*get \/api\/tasks\)/ }).waitFor()
    const ofScalar = [
      ...["aria-allowed-attr", "aria-allowed-role", "aria-required-children", "button-name"],
      ...["label-content-name-mismatch", "landmark-unique"]
    ]
    const found = (await violations(tab)).filter((text) => !ofScalar.includes(text.split(":", 1)[0] ?? ""))
    assert.deepStrictEqual(found, [])
  })

  it("gives every operation a name of its own", async () => {
    const document = await (await fetch(`${tasks}/openapi.json`)).json()
    const names = Object.values<Record<string, { readonly summary: string }>>(document.paths).flatMap((item) =>
      Object.values(item).map(({ summary }) => summary)
    )
    assert.strictEqual(new Set(names).size, names.length)
  })
})
