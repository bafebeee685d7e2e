import type { BrowserContext } from "playwright-core"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import { add, newPerson, openEditor, openTab, row, settled, shows, signIn, withBrowser } from "./support/person.ts"
import { startStack } from "./support/stack.ts"

withBrowser()

let stack: Awaited<ReturnType<typeof startStack>>
beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack.close())

describe("A conflict between two tabs", () => {
  const both = async () => {
    const { context, errors, tab } = await newPerson(stack.page)
    await add(tab, "Plan the trip")
    const other = await openTab(context, stack.page)
    const mine = await openEditor(tab, "Plan the trip")
    const theirs = await openEditor(other.tab, "Plan the trip")
    await theirs.getByLabel("Title").fill("Plan the trip to Lisbon")
    await theirs.getByLabel("Priority").selectOption("high")
    await theirs.getByRole("button", { name: "Save" }).click()
    await shows(other.tab, "Plan the trip to Lisbon")
    await settled(other.tab)
    await mine.getByLabel("Title").fill("Plan the journey")
    await mine.getByRole("button", { name: "Save" }).click()
    const dialog = tab.getByRole("dialog", { name: "This task was changed elsewhere" })
    await dialog.getByRole("row", { name: "Title Plan the journey Plan the trip to Lisbon" }).waitFor()
    await dialog.getByRole("row", { name: "Priority None High" }).waitFor()
    return { tab, errors, other, dialog }
  }

  it("is shown with both versions, and who keeps their own keeps what they changed and nothing else", async () => {
    const { dialog, errors, other, tab } = await both()
    await dialog.getByRole("button", { name: "Keep mine" }).click()
    await shows(tab, "Plan the journey")
    await row(tab, "Plan the journey").getByText("High").waitFor()
    await settled(tab)
    await other.tab.reload()
    await shows(other.tab, "Plan the journey")
    await row(other.tab, "Plan the journey").getByText("High").waitFor()
    assert.deepStrictEqual([...errors, ...other.errors], [])
  })

  it("ends with theirs for who takes that, and loses nothing for who looks away first", async () => {
    const { dialog, errors, tab } = await both()
    await tab.keyboard.press("Escape")
    await dialog.waitFor({ state: "detached" })
    await tab.getByText("Not saved: “Plan the trip” renamed to “Plan the journey”.").waitFor()
    await tab.getByRole("button", { name: "Compare" }).click()
    await dialog.getByRole("button", { name: "Take what is there" }).click()
    await shows(tab, "Plan the trip to Lisbon")
    assert.deepStrictEqual(errors, [])
  })
})

describe("A token", () => {
  /** One that Better Auth signed a while ago. */
  const expiredToken = async (context: BrowserContext, email: string) => {
    const session = await (await context.request.get(`${stack.page}/api/auth/get-session`)).json()
    const now = Math.floor(Date.now() / 1000)
    const payload = { sub: session.user.id, email, iat: now - 900, exp: now - 60 }
    return (await stack.auth.api.signJWT({ body: { payload } })).token
  }

  it("that has expired is replaced, and nobody notices", async () => {
    const { context, email, errors, tab } = await newPerson(stack.page)
    await add(tab, "Still there")
    const token = await expiredToken(context, email)
    let asked = 0
    await context.route("**/api/auth/token", (route) =>
      asked++ === 0 ? route.fulfill({ json: { token } }) : route.continue()
    )
    const refused: Array<number> = []
    tab.on("response", (response) => {
      if (response.url().startsWith(stack.tasks) && response.status() >= 400) refused.push(response.status())
    })
    await tab.reload()
    await shows(tab, "Still there")
    await add(tab, "And another")
    assert.isAtLeast(refused.length, 1)
    assert.isTrue(refused.every((status) => status === 401))
    assert.strictEqual(asked, 2)
    assert.strictEqual(
      await tab
        .getByRole("alert")
        .allTextContents()
        .then((texts) => texts.join("")),
      ""
    )
    assert.deepStrictEqual(errors, [])
  })

  it("that cannot be had any more leads to the sign-in page, and from there back to where one was", async () => {
    const { context, email, errors, tab } = await newPerson(stack.page)
    await add(tab, "Buy milk", "Buy bread")
    await tab.getByRole("searchbox").fill("milk")
    await shows(tab, "Buy milk")
    const editor = await openEditor(tab, "Buy milk")
    await editor.getByLabel("Title").fill("Buy oat milk")

    const expired = await expiredToken(context, email)
    await context.request.post(`${stack.page}/api/auth/sign-out`, { data: {}, headers: { origin: stack.page } })
    // As it is when the token in hand has expired too.
    await context.route(`${stack.tasks}/api/**`, (route) => {
      const { authorization, ...headers } = route.request().headers()
      return route.continue({ headers: authorization ? { ...headers, authorization: `Bearer ${expired}` } : headers })
    })
    await editor.getByRole("button", { name: "Save" }).click()
    await tab.getByText("Your session has ended.").waitFor()
    await context.unroute(`${stack.tasks}/api/**`)
    await signIn(tab, email)
    await tab.getByText("renamed to “Buy oat milk”").waitFor()
    await tab.getByRole("button", { name: "Try again" }).click()
    await shows(tab, "Buy oat milk")
    assert.strictEqual(await tab.getByRole("searchbox").inputValue(), "milk")
    assert.deepStrictEqual(errors, [])
  })
})

describe("The service", () => {
  it("asked too often or not able to answer says so, and when to come again", async () => {
    const { context, errors, tab } = await newPerson(stack.page)
    const problem = (status: number, code: string, seconds: number) => ({
      status,
      contentType: "application/problem+json",
      headers: {
        "retry-after": String(seconds),
        "access-control-allow-origin": stack.page,
        "access-control-allow-credentials": "true",
        "access-control-expose-headers": "Retry-After"
      },
      body: JSON.stringify({ type: "urn:tasks:x", title: code, status, detail: code, code, request_id: "r" })
    })
    for (const [status, code, words] of [
      [429, "TOO_MANY_REQUESTS", "That was more than the service takes at once. Try again in 40 s."],
      [503, "SERVICE_UNAVAILABLE", "The service cannot answer now. Try again in 40 s."]
    ] as const) {
      await context.route(`${stack.tasks}/api/tasks`, (route) =>
        route.request().method() === "POST" ? route.fulfill(problem(status, code, 40)) : route.continue()
      )
      await tab.getByLabel("New task", { exact: true }).fill(`Refused with ${status}`)
      await tab.keyboard.press("Enter")
      await tab.getByText(`Not saved: New task “Refused with ${status}”. ${words}`).waitFor()
      await context.unroute(`${stack.tasks}/api/tasks`)
      await tab.getByRole("button", { name: "Try again" }).click()
      await tab.getByText("Not saved").first().waitFor({ state: "detached" })
    }
    await shows(tab, "Refused with 503", "Refused with 429")
    assert.deepStrictEqual(errors, [])
  })

  it("that is stopped is missed, what is written meanwhile is kept, and all is well when it is back", async () => {
    const { errors, tab } = await newPerson(stack.page)
    await add(tab, "Before")
    await stack.stopTasks()
    await tab.getByLabel("New task", { exact: true }).fill("Meanwhile")
    await tab.keyboard.press("Enter")
    await tab.getByText("Not saved: New task “Meanwhile”.").waitFor()
    await tab.getByText("What you see may be out of date.").waitFor()
    await shows(tab, "Meanwhile", "Before")

    await stack.startTasks()
    await tab.getByText("What you see may be out of date.").waitFor({ state: "detached" })
    await tab.getByRole("button", { name: "Try again" }).click()
    await tab.getByText("Not saved").first().waitFor({ state: "detached" })
    await settled(tab)
    await tab.reload()
    await shows(tab, "Meanwhile", "Before")
    assert.deepStrictEqual(errors, [])
  })
})
