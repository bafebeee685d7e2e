import type { BrowserContext } from "playwright-core"
import { afterAll, assert, beforeAll, describe, it } from "vitest"
import * as user from "./support/person.ts"
import { startStack } from "./support/stack.ts"

user.withBrowser()

let stack: Awaited<ReturnType<typeof startStack>>
beforeAll(async () => {
  stack = await startStack()
})
afterAll(() => stack.close())

describe("Edits in two tabs", () => {
  const openBoth = async () => {
    const { context, errors, tab } = await user.newPerson(stack.page)
    await user.add(tab, "Plan the trip")
    const other = await user.openTab(context, stack.page)
    const mine = await user.openEditor(tab, "Plan the trip")
    const theirs = await user.openEditor(other.tab, "Plan the trip")
    return { tab, errors, other, mine, theirs }
  }

  const conflict = async () => {
    const { errors, mine, other, tab, theirs } = await openBoth()
    await theirs.getByLabel("Title").fill("Plan the trip to Lisbon")
    await theirs.getByLabel("Priority").selectOption("high")
    await theirs.getByRole("button", { name: "Save" }).click()
    await user.shows(other.tab, "Plan the trip to Lisbon")
    await user.settled(other.tab)
    await mine.getByLabel("Title").fill("Plan the journey")
    await mine.getByRole("button", { name: "Save" }).click()
    const dialog = tab.getByRole("dialog", { name: "This task was changed elsewhere" })
    await dialog.getByRole("row", { name: "Title Plan the journey Plan the trip to Lisbon" }).waitFor()
    // Only the user's own fields are asked for.
    assert.strictEqual(await dialog.getByRole("row").count(), 2)
    assert.deepStrictEqual(await user.violations(tab), [])
    return { tab, errors, other, dialog }
  }

  it("merge without a question when they change different fields", async () => {
    const { errors, mine, other, tab, theirs } = await openBoth()
    await theirs.getByLabel("Priority").selectOption("high")
    await theirs.getByRole("button", { name: "Save" }).click()
    await user.row(other.tab, "Plan the trip").getByText("High").waitFor()
    await user.settled(other.tab)
    await mine.getByLabel("Title").fill("Plan the journey")
    await mine.getByRole("button", { name: "Save" }).click()
    await user.row(tab, "Plan the journey").getByText("High").waitFor()
    assert.strictEqual(await tab.getByRole("dialog").count(), 0)
    assert.deepStrictEqual([...errors, ...other.errors], [])
  })

  it("keep the user's version of the field and the other changes of the saved version", async () => {
    const { dialog, errors, other, tab } = await conflict()
    await dialog.getByRole("button", { name: "Use my version" }).click()
    await user.shows(tab, "Plan the journey")
    await user.row(tab, "Plan the journey").getByText("High").waitFor()
    await user.settled(tab)
    await other.tab.reload()
    await user.shows(other.tab, "Plan the journey")
    await user.row(other.tab, "Plan the journey").getByText("High").waitFor()
    assert.deepStrictEqual([...errors, ...other.errors], [])
  })

  it("wait for a choice while the dialog is closed, and use the saved version then", async () => {
    const { dialog, errors, tab } = await conflict()
    await tab.keyboard.press("Escape")
    await dialog.waitFor({ state: "detached" })
    await tab.getByText("Not saved: “Plan the trip” renamed to “Plan the journey”.").waitFor()
    await tab.getByRole("button", { name: "Compare" }).click()
    await dialog.getByRole("button", { name: "Use the saved version" }).click()
    await user.shows(tab, "Plan the trip to Lisbon")
    assert.deepStrictEqual(errors, [])
  })
})

describe("An access token", () => {
  /** An expired token that Better Auth signed. */
  const expiredToken = async (context: BrowserContext, email: string) => {
    const session = await (await context.request.get(`${stack.page}/api/auth/get-session`)).json()
    const now = Math.floor(Date.now() / 1000)
    const payload = { sub: session.user.id, email, iat: now - 900, exp: now - 60 }
    return (await stack.auth.api.signJWT({ body: { payload } })).token
  }

  it("that has expired is replaced without a message", async () => {
    const { context, email, errors, tab } = await user.newPerson(stack.page)
    await user.add(tab, "Still there")
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
    await user.shows(tab, "Still there")
    await user.add(tab, "And another")
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

  it("that cannot be renewed leads to the sign-in page, which keeps the email, the address and the changes", async () => {
    const { context, email, errors, tab } = await user.newPerson(stack.page)
    await user.add(tab, "Buy milk", "Buy bread")
    await tab.getByRole("searchbox").fill("milk")
    await user.shows(tab, "Buy milk")
    const editor = await user.openEditor(tab, "Buy milk")
    await editor.getByLabel("Title").fill("Buy oat milk")

    const expired = await expiredToken(context, email)
    await context.request.post(`${stack.page}/api/auth/sign-out`, { data: {}, headers: { origin: stack.page } })
    // The token that the page holds has expired, too.
    await context.route(`${stack.tasks}/api/**`, (route) => {
      const { authorization, ...headers } = route.request().headers()
      return route.continue({ headers: authorization ? { ...headers, authorization: `Bearer ${expired}` } : headers })
    })
    await editor.getByRole("button", { name: "Save" }).click()
    await tab.getByText("Your session has ended.").waitFor()
    await context.unroute(`${stack.tasks}/api/**`)
    assert.strictEqual(await tab.getByLabel("Email").inputValue(), email)
    await user.signIn(tab, email)
    await user.shows(tab, "Buy oat milk")
    assert.strictEqual(await tab.getByRole("searchbox").inputValue(), "milk")
    assert.deepStrictEqual(errors, [])
  })
})

describe("A user who signs in in another window", () => {
  it("gets no change that waits in the window of another user", async () => {
    const { context, errors, tab } = await user.newPerson(stack.page)
    let state: "offline" | "expired" | "open" = "offline"
    await context.route(`${stack.tasks}/api/tasks`, (route) => {
      if (route.request().method() !== "POST" || state === "open") return route.continue()
      if (state === "offline") return route.abort()
      // The token of the first user has expired meanwhile.
      state = "open"
      const problem = { type: "urn:tasks:unauthorized", title: "", status: 401, detail: "", code: "TOKEN_EXPIRED" }
      return route.fulfill({
        status: 401,
        contentType: "application/problem+json",
        headers: { "access-control-allow-origin": stack.page, "access-control-allow-credentials": "true" },
        body: JSON.stringify({ ...problem, request_id: "r" })
      })
    })
    await tab.getByLabel("New task", { exact: true }).fill("Secret of Ada")
    await tab.keyboard.press("Enter")
    await tab.getByText(/1 change waiting\./).waitFor()
    const sent: Array<string> = []
    tab.on("request", (request) => {
      if (request.method() === "POST" && request.url() === `${stack.tasks}/api/tasks`) {
        sent.push(request.headers().authorization ?? "")
      }
    })
    // Without a message to this window, as while it is suspended.
    const headers = { origin: stack.page }
    await context.request.post(`${stack.page}/api/auth/sign-out`, { data: {}, headers })
    const ben = { name: "Ben", email: `ben-${process.pid}@example.com`, password: "correct horse battery" }
    await context.request.post(`${stack.page}/api/auth/sign-up/email`, { data: ben, headers })
    state = "expired"
    await tab.getByRole("button", { name: "Try now" }).click()
    await tab.getByText(ben.email).waitFor()
    await tab.getByText("No tasks yet").waitFor()
    assert.lengthOf(new Set(sent.filter((token) => token !== "")), 1)
    assert.deepStrictEqual(errors, [])
  })
})

describe("A window that is closed while its changes wait", () => {
  it("leaves them to another open window, which shows and sends them", async () => {
    const { context, errors, tab } = await user.newPerson(stack.page)
    await user.add(tab, "Before")
    const other = await user.openTab(context, stack.page)
    await user.shows(other.tab, "Before")
    await tab.route(`${stack.tasks}/api/tasks`, (route) =>
      route.request().method() === "POST" ? route.abort() : route.continue()
    )
    await tab.getByLabel("New task", { exact: true }).fill("Left behind")
    await tab.keyboard.press("Enter")
    await tab.getByText(/1 change waiting\./).waitFor()
    await user.shows(other.tab, "Before")
    await tab.close()
    await user.shows(other.tab, "Left behind", "Before")
    await user.settled(other.tab)
    await other.tab.reload()
    await user.shows(other.tab, "Left behind", "Before")
    assert.deepStrictEqual([...errors, ...other.errors], [])
  })
})

describe("A browser that stores nothing", () => {
  it("shows a page that works, and says which changes would be lost with it", async () => {
    const context = await user.newContext()
    await context.addInitScript(() => {
      const refuse = () => {
        throw new DOMException("The operation is insecure.", "SecurityError")
      }
      Object.assign(Storage.prototype, { getItem: refuse, setItem: refuse, removeItem: refuse })
      Object.assign(IDBFactory.prototype, { open: refuse })
    })
    const { errors, tab } = await user.newPerson(stack.page, "Bea", context)
    await user.add(tab, "Kept by the service")
    await context.route(`${stack.tasks}/api/tasks`, (route) =>
      route.request().method() === "POST" ? route.abort() : route.continue()
    )
    await tab.getByLabel("New task", { exact: true }).fill("Later")
    await tab.keyboard.press("Enter")
    await tab.getByText("Do not close it: the browser could not store them.").waitFor()
    if (process.env.SCREENSHOTS) await tab.screenshot({ path: `${process.env.SCREENSHOTS}/not-stored.png` })
    await context.unroute(`${stack.tasks}/api/tasks`)
    await tab.getByRole("button", { name: "Try now" }).click()
    await tab.getByText(/1 change waiting\./).waitFor({ state: "detached" })
    await user.shows(tab, "Later", "Kept by the service")
    assert.deepStrictEqual(errors, [])
  })
})

describe("An unavailable service", () => {
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

  it.each([
    [429, "RATE_LIMITED", "Too many requests. Try again in 40 s."],
    [503, "SERVICE_UNAVAILABLE", "The service is not available. Try again in 40 s."]
  ] as const)("with status %i is shown once, and the change is sent afterwards", async (status, code, message) => {
    const { context, errors, tab } = await user.newPerson(stack.page)
    await context.route(`${stack.tasks}/api/tasks`, (route) =>
      route.request().method() === "POST" ? route.fulfill(problem(status, code, 40)) : route.continue()
    )
    await tab.getByLabel("New task", { exact: true }).fill("Later")
    await tab.keyboard.press("Enter")
    await tab.getByText(/1 change waiting\./).waitFor()
    await tab.getByText(message).waitFor()
    await context.unroute(`${stack.tasks}/api/tasks`)
    await tab.getByRole("button", { name: "Try now" }).click()
    await tab.getByText(/1 change waiting\./).waitFor({ state: "detached" })
    await user.shows(tab, "Later")
    assert.deepStrictEqual(errors, [])
  })

  it("keeps dependent changes over a reload, shows one banner, and gets them in order when it is back", async () => {
    const { errors, tab } = await user.newPerson(stack.page)
    await user.add(tab, "Before")
    await stack.stopTasks()
    for (const title of ["First", "Second"]) {
      await tab.getByLabel("New task", { exact: true }).fill(title)
      await tab.keyboard.press("Enter")
    }
    await tab.getByRole("checkbox", { name: "Completed: First" }).click()
    await tab.getByText(/3 changes waiting\./).waitFor()
    assert.strictEqual(await tab.getByRole("list", { name: "Not saved" }).count(), 0)
    await user.shows(tab, "Second", "Before")
    await tab.reload()
    await tab.getByText(/3 changes waiting\./).waitFor()

    await stack.startTasks()
    await tab.getByText(/3 changes waiting\./).waitFor({ state: "detached", timeout: 60_000 })
    await user.settled(tab)
    await tab.reload()
    await user.shows(tab, "Second", "Before")
    await tab.getByText("Done", { exact: true }).click()
    await user.shows(tab, "First")
    assert.deepStrictEqual(errors, [])
  })

  it("whose response is lost causes no question, because the change has arrived", async () => {
    const { context, errors, tab } = await user.newPerson(stack.page)
    await user.add(tab, "Buy milk")
    let sent = 0
    await context.route(`${stack.tasks}/api/tasks/*`, async (route) => {
      if (route.request().method() !== "PATCH" || sent++ > 0) return route.continue()
      await route.fetch()
      await route.abort()
    })
    const editor = await user.openEditor(tab, "Buy milk")
    await editor.getByLabel("Title").fill("Buy oat milk")
    await editor.getByRole("button", { name: "Save" }).click()
    await user.shows(tab, "Buy oat milk")
    await tab.getByText(/change waiting\./).waitFor()
    await tab.getByText(/change waiting\./).waitFor({ state: "detached", timeout: 60_000 })
    assert.isAtLeast(sent, 2)
    assert.strictEqual(await tab.getByRole("dialog").count(), 0)
    assert.strictEqual(await tab.getByRole("list", { name: "Not saved" }).count(), 0)
    await tab.reload()
    await user.shows(tab, "Buy oat milk")
    assert.deepStrictEqual(errors, [])
  })
})
