import { assert, describe, inject, it } from "vitest"
import { add, newContext, newPerson, openTab, withBrowser } from "./support/person.ts"

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
})
