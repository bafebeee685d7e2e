import type { Page } from "playwright-core"
import { assert, describe, inject, it } from "vitest"
import { add, addSubtask, newContext, newPerson, row, settled, signIn, withBrowser } from "./support/person.ts"

withBrowser()

const page = inject("page")

/** Waits until the element with this name has the focus. */
const hasFocus = async (tab: Page, name: string | RegExp) => {
  const label = () =>
    tab.evaluate(() => {
      const element = document.activeElement
      return element?.getAttribute("aria-label") ?? element?.textContent ?? ""
    })
  const until = Date.now() + 5_000
  const matches = (text: string) => (typeof name === "string" ? text === name : name.test(text))
  while (Date.now() < until && !matches(await label())) await tab.waitForTimeout(50)
  assert.match(await label(), typeof name === "string" ? new RegExp(`^${RegExp.escape(name)}$`) : name)
}

/** Presses a button as a keyboard does. */
const press = async (tab: Page, name: string | RegExp) => {
  const button = tab.getByRole("button", { name, exact: true })
  await button.focus()
  await tab.keyboard.press("Enter")
}

const token = async (tab: Page) => {
  const { token } = await (await tab.context().request.get(`${page}/api/auth/token`)).json()
  return { authorization: `Bearer ${token}` }
}

describe("The keyboard focus", () => {
  it("returns to the list when a toast is used or dismissed", async () => {
    const { errors, tab } = await newPerson(page)
    await add(tab, "One", "Two", "Three")
    for (const name of ["Undo", "Dismiss"]) {
      await row(tab, "Two").focus()
      await tab.keyboard.press("x")
      await row(tab, "One").and(tab.locator(":focus")).waitFor()
      await press(tab, name)
      await tab.getByRole("button", { name, exact: true }).waitFor({ state: "detached" })
      await row(tab, "One").and(tab.locator(":focus")).waitFor()
    }
    assert.deepStrictEqual(errors, [])
  })

  it("stays at the side when a project or a tag is archived or deleted there", async () => {
    const { errors, tab } = await newPerson(page)
    for (const [field, names] of [
      ["New project", ["Garden", "House"]],
      ["New tag", ["errand", "urgent"]]
    ] as const) {
      for (const name of names) {
        await tab.getByLabel(field).fill(name)
        await tab.keyboard.press("Enter")
        await tab.getByRole("link", { name }).waitFor()
      }
    }
    tab.on("dialog", (dialog) => void dialog.accept())
    await press(tab, "Edit the project Garden")
    await press(tab, "Archive")
    await tab.getByText("Archived (1)").waitFor()
    await hasFocus(tab, "House")
    await press(tab, "Edit the project House")
    await press(tab, "Delete")
    await tab.getByRole("link", { name: "House" }).waitFor({ state: "detached" })
    await hasFocus(tab, "Archived (1)")
    await press(tab, "Edit the tag urgent")
    await press(tab, "Delete")
    await tab.getByRole("link", { name: "urgent" }).waitFor({ state: "detached" })
    await hasFocus(tab, "Edit the tag errand")
    assert.deepStrictEqual(errors, [])
  })

  it("stays on the page of the trash when the last task leaves it", async () => {
    const { errors, tab } = await newPerson(page)
    await add(tab, "One", "Two", "Three")
    for (const title of ["One", "Two", "Three"]) {
      await row(tab, title).focus()
      await tab.keyboard.press("Delete")
      await row(tab, title).waitFor({ state: "detached" })
    }
    await settled(tab)
    tab.on("dialog", (dialog) => void dialog.accept())
    await tab.getByRole("link", { name: "Trash" }).click()
    await press(tab, "Restore Three")
    await hasFocus(tab, /^Two/)
    await press(tab, "Delete Two permanently")
    await hasFocus(tab, /^One/)
    await settled(tab)
    await press(tab, "Empty trash")
    await tab.getByText("The trash is empty").waitFor()
    await hasFocus(tab, "Trash")
    assert.deepStrictEqual(errors, [])
  })

  it("goes to the heading when the button of a banner has done its work", async () => {
    const { context, errors, tab } = await newPerson(page)
    const url = `${inject("tasks")}/api/tasks`
    await context.route(url, (route) => (route.request().method() === "POST" ? route.abort() : route.continue()))
    await tab.getByLabel("New task", { exact: true }).fill("Later")
    await tab.keyboard.press("Enter")
    await tab.getByText(/1 change waiting\./).waitFor()
    await context.unroute(url)
    await press(tab, "Try now")
    await tab.getByText(/1 change waiting\./).waitFor({ state: "detached" })
    await hasFocus(tab, "All tasks")

    await settled(tab)
    const id = (await row(tab, "Later").getAttribute("id"))?.replace("task-", "")
    await context.route(`${url}/*`, async (route) => {
      await context.request.delete(`${url}/${id}`, { headers: await token(tab) })
      await route.continue()
    })
    await tab.getByRole("checkbox", { name: "Completed: Later" }).click()
    await tab.getByText("Not saved: “Later” completed.").waitFor()
    await press(tab, "Discard")
    await hasFocus(tab, "All tasks")
    assert.deepStrictEqual(errors, [])
  })

  it("stays in the field for a new task when its button is pressed", async () => {
    const { errors, tab } = await newPerson(page)
    await tab.getByLabel("New task", { exact: true }).fill("One")
    await press(tab, "Add")
    await row(tab, "One").waitFor()
    await hasFocus(tab, "New task")
    assert.deepStrictEqual(errors, [])
  })

  it("stays near the end of the list when the last page is loaded", async () => {
    const { errors, tab } = await newPerson(page)
    const operations = Array.from({ length: 60 }, (_, n) => ({ op: "create", task: { title: `Task ${n}` } }))
    const headers = await token(tab)
    await tab.context().request.post(`${inject("tasks")}/api/tasks/bulk`, { data: { operations }, headers })
    // Without the observer that loads the page by itself.
    await tab.addInitScript(() => {
      IntersectionObserver.prototype.observe = () => {}
    })
    await tab.reload()
    await press(tab, "Load more")
    await row(tab, "Task 0").waitFor()
    await row(tab, "Task 10").and(tab.locator(":focus")).waitFor()
    assert.deepStrictEqual(errors, [])
  })

  it("is on the heading after a sign-in, and stays on the button after one that failed", async () => {
    const { email, tab } = await newPerson(page)
    await hasFocus(tab, "All tasks")
    await tab.getByRole("button", { name: "Sign out" }).click()
    await hasFocus(tab, "Sign in")
    await tab.getByLabel("Email").fill(email)
    await tab.getByLabel("Password").fill("wrong password")
    await tab.locator("form button[type=submit]").focus()
    await tab.keyboard.press("Enter")
    await tab.getByRole("alert").waitFor()
    await hasFocus(tab, "Sign in")
    assert.strictEqual(await tab.evaluate(() => document.activeElement?.tagName), "BUTTON")
    await signIn(tab, email)
    await hasFocus(tab, "All tasks")
  })

  it("goes to the heading when the browser's back button leaves the trash", async () => {
    const { errors, tab } = await newPerson(page)
    await add(tab, "One")
    await addSubtask(tab, "One", "Part of one")
    await row(tab, "One").focus()
    await tab.keyboard.press("Delete")
    await settled(tab)
    await tab.getByRole("link", { name: "Trash" }).click()
    await tab.getByRole("button", { name: "Restore One" }).focus()
    await tab.goBack()
    await hasFocus(tab, "All tasks")
    assert.deepStrictEqual(errors, [])
  })

  it("stays where it is when a narrow screen becomes wide and narrow again while the lists were open", async () => {
    const { errors, tab } = await newPerson(page, "Ada", await newContext({ viewport: { width: 390, height: 800 } }))
    await add(tab, "One")
    await tab.getByRole("button", { name: "Lists" }).click()
    await tab.getByRole("dialog", { name: "Lists" }).waitFor()
    await tab.setViewportSize({ width: 1000, height: 390 })
    await tab.getByRole("complementary").waitFor()
    await row(tab, "One").focus()
    await tab.setViewportSize({ width: 390, height: 800 })
    await tab.getByRole("complementary").waitFor({ state: "detached" })
    assert.strictEqual(await tab.getByRole("dialog").count(), 0)
    await row(tab, "One").and(tab.locator(":focus")).waitFor()
    assert.deepStrictEqual(errors, [])
  })
})
