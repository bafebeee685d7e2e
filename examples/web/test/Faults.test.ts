import { assert, describe, inject, it } from "vitest"
import {
  add,
  newContext,
  newPerson,
  openEditor,
  openTab,
  row,
  sendAs,
  settled,
  shows,
  signIn,
  withBrowser
} from "./support/person.ts"

withBrowser()

const page = inject("page")
const tasks = inject("tasks")

const refusal = { status: 403, contentType: "text/html", body: "<h1>Forbidden</h1>" }

describe("A page that fails to load", () => {
  it("is requested once more by its button, and not again and again", async () => {
    const { context, errors, tab } = await newPerson(page)
    const operations = Array.from({ length: 60 }, (_, n) => ({ op: "create", task: { title: `Task ${n}` } }))
    await sendAs(context, "POST", "/api/tasks/bulk", { operations })
    let requests = 0
    await context.route(/\/api\/tasks\?.*cursor=/, async (route) => {
      requests += 1
      await (requests < 3 ? route.fulfill(refusal) : route.continue())
    })
    await tab.reload()
    await row(tab, "Task 59").waitFor()
    await tab.getByRole("button", { name: "Load more" }).scrollIntoViewIfNeeded()
    await tab.waitForTimeout(1_000)
    assert.strictEqual(requests, 1)
    await tab.getByRole("button", { name: "Load more" }).click()
    await tab.waitForTimeout(500)
    assert.strictEqual(requests, 2)
    await tab.getByRole("button", { name: "Load more" }).click()
    await row(tab, "Task 0").waitFor()
    assert.deepStrictEqual(errors, [])
  })
})

describe("A sign-out", () => {
  it("takes the messages of the user along", async () => {
    const { errors, tab } = await newPerson(page)
    await add(tab, "A secret")
    await row(tab, "A secret").focus()
    await tab.keyboard.press("Delete")
    await tab.getByRole("button", { name: "Undo" }).waitFor()
    await settled(tab)
    await tab.getByRole("button", { name: "Sign out" }).click()
    await tab.getByRole("heading", { name: "Sign in" }).waitFor()
    assert.notInclude(await tab.locator("body").innerText(), "A secret")
    assert.deepStrictEqual(errors, [])
  })
})

describe("A sign-in server that cannot be reached", () => {
  it("leaves the form and the page usable", async () => {
    const { context, email, errors, tab } = await newPerson(page)
    const cannotReach = "Can't reach the sign-in server"
    await context.route("**/api/auth/**", (route) => route.abort())
    await tab.getByRole("button", { name: "Sign out" }).click()
    await tab.getByRole("alert").getByText(`${cannotReach}: you are still signed in.`).waitFor()
    // A network that wants a sign-in of its own responds to every request with its page.
    await context.unroute("**/api/auth/**")
    await context.route("**/api/auth/**", (route) =>
      route.fulfill({ contentType: "text/html", body: "<h1>Wi-Fi</h1>" })
    )
    await tab.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })))
    await settled(tab)
    assert.strictEqual(await tab.getByRole("heading", { name: "All tasks" }).count(), 1)
    await context.unroute("**/api/auth/**")
    await tab.getByRole("button", { name: "Sign out" }).click()
    await tab.getByRole("heading", { name: "Sign in" }).waitFor()
    await context.route("**/api/auth/**", (route) => route.abort())
    await signIn(tab, email)
    await tab.getByRole("alert").getByText(`${cannotReach}. Try again in a moment.`).waitFor()
    await context.unroute("**/api/auth/**")
    await tab.getByRole("button", { name: "Sign in" }).click()
    await tab.getByText("No tasks yet").waitFor()
    assert.deepStrictEqual(errors, [])
  })

  it("is asked for the session again when the page is shown, and what is typed in the form stays", async () => {
    const context = await newContext()
    await context.clock.install()
    const { errors, tab } = await openTab(context, page)
    await tab.getByLabel("Email").fill("ada@example.com")
    let requests = 0
    await context.route("**/api/auth/get-session**", async (route) => {
      requests += 1
      await (requests === 1 ? route.continue() : route.abort())
    })
    for (const count of [1, 2]) {
      await context.clock.fastForward("00:10")
      await tab.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })))
      await settled(tab)
      assert.strictEqual(requests, count)
      assert.strictEqual(await tab.getByLabel("Email").inputValue(), "ada@example.com")
    }
    assert.deepStrictEqual(errors, [])
  })
})

describe("Two conflicts", () => {
  it("can be compared in any order", async () => {
    const { context, errors, tab } = await newPerson(page)
    await add(tab, "One", "Two")
    await context.route(`${tasks}/api/tasks/*`, (route) => route.abort())
    for (const title of ["One", "Two"]) {
      const editor = await openEditor(tab, title)
      await editor.getByLabel("Title").fill(`${title} here`)
      await tab.keyboard.press("Enter")
      const [{ id }] = await sendAs(context, "GET", `/api/tasks?q=${title}`)
      await sendAs(context, "PATCH", `/api/tasks/${id}`, { title: `${title} elsewhere` })
    }
    await context.unroute(`${tasks}/api/tasks/*`)
    await tab.getByRole("button", { name: "Try now" }).click()
    const dialog = tab.getByRole("dialog", { name: "This task was changed elsewhere" })
    for (const title of ["One", "Two"]) {
      await dialog.getByText(`${title} elsewhere`).waitFor()
      await tab.keyboard.press("Escape")
    }
    await dialog.waitFor({ state: "detached" })
    for (const title of ["Two", "One"]) {
      const banner = tab
        .getByRole("list", { name: "Not saved" })
        .getByRole("listitem")
        .filter({ hasText: `${title} here` })
      await banner.getByRole("button", { name: "Compare" }).click()
      await dialog.getByText(`${title} elsewhere`).waitFor()
      await tab.keyboard.press("Escape")
    }
    await tab.getByRole("button", { name: "Compare" }).first().click()
    await dialog.getByRole("button", { name: "Use my version" }).click()
    await tab.getByRole("button", { name: "Compare" }).click()
    await dialog.getByText("Two elsewhere").waitFor()
    await dialog.getByRole("button", { name: "Use the saved version" }).click()
    await shows(tab, "Two elsewhere", "One here")
    assert.deepStrictEqual(errors, [])
  })
})

describe("A task that could not be deleted permanently", () => {
  it("is not announced as deleted", async () => {
    const { context, errors, tab } = await newPerson(page)
    await add(tab, "One")
    await row(tab, "One").focus()
    await tab.keyboard.press("Delete")
    await settled(tab)
    await tab.getByRole("link", { name: "Trash" }).click()
    await context.route(`${tasks}/api/trash/*`, (route) => route.fulfill(refusal))
    tab.once("dialog", (dialog) => void dialog.accept())
    await tab.getByRole("button", { name: "Delete One permanently" }).click()
    await tab.getByRole("alert").getByText("Can't reach the task service.").waitFor()
    assert.strictEqual(await tab.getByText("Deleted “One” permanently.").count(), 0)
    await context.unroute(`${tasks}/api/trash/*`)
    tab.once("dialog", (dialog) => void dialog.accept())
    await tab.getByRole("button", { name: "Delete One permanently" }).click()
    await tab.getByText("Deleted “One” permanently.").waitFor({ state: "attached" })
    assert.deepStrictEqual(errors, [])
  })
})

describe("Live updates", () => {
  it("return when the user has signed in again in another window", async () => {
    const { context, errors, tab } = await newPerson(page)
    await tab.getByText("Live", { exact: true }).waitFor()
    const ended = { code: "TOKEN_INVALID", status: 401, title: "", detail: "", request_id: "" }
    const headers = { "access-control-allow-origin": "*" }
    const contentType = "application/problem+json"
    await context.route(`${tasks}/api/events`, (route) =>
      route.fulfill({ status: 401, contentType, headers, body: JSON.stringify(ended) })
    )
    await tab.reload()
    await tab.getByText("No tasks yet").waitFor()
    await settled(tab)
    await context.unroute(`${tasks}/api/events`)
    await tab.evaluate(() => document.dispatchEvent(new Event("visibilitychange", { bubbles: true })))
    await tab.getByText("Live", { exact: true }).waitFor()
    assert.deepStrictEqual(errors, [])
  })
})
