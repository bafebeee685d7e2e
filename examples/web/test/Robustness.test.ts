import type { BrowserContext } from "playwright-core"
import { assert, describe, inject, it } from "vitest"
import {
  add,
  addSubtask,
  newContext,
  newPerson,
  openEditor,
  openTab,
  row,
  settled,
  shows,
  signIn,
  withBrowser
} from "./support/person.ts"

withBrowser()

const page = inject("page")
const tasks = inject("tasks")

/** Sends a request as the user of a browser context, as another device does. */
const sendAs = async (context: BrowserContext, method: string, path: string, data?: object) => {
  const { token } = await (await context.request.get(`${page}/api/auth/token`)).json()
  const headers = { authorization: `Bearer ${token}` }
  const response = await context.request.fetch(`${tasks}${path}`, { method, headers, ...(data && { data }) })
  assert.isBelow(response.status(), 300)
  return response.json()
}

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

describe("A page that is open at midnight", () => {
  it("shows the tasks of the new day, and adds new ones to it", async () => {
    const context = await newContext({ timezoneId: "Europe/Berlin" })
    await context.clock.install({ time: new Date("2026-11-28T23:50:00+01:00") })
    const { errors, tab } = await newPerson(page, "Ada", context)
    await tab.getByRole("link", { name: "Due today" }).click()
    await tab.getByText("Nothing is due today").waitFor()
    await add(tab, "One")
    await context.clock.fastForward("20:00")
    await row(tab, "One").getByText("Yesterday").waitFor()
    await add(tab, "Two")
    await row(tab, "Two").getByText("Today").waitFor()
    assert.deepStrictEqual(errors, [])
  })
})

describe("A device whose time zone is unknown", () => {
  it("shows tasks in UTC", async () => {
    const context = await newContext()
    await context.addInitScript(() => {
      const { resolvedOptions } = Intl.DateTimeFormat.prototype
      Intl.DateTimeFormat.prototype.resolvedOptions = function () {
        return { ...resolvedOptions.call(this), timeZone: "Etc/Unknown" }
      }
    })
    const { errors, tab } = await newPerson(page, "Ada", context)
    await add(tab, "One")
    assert.deepStrictEqual(errors, [])
  })
})

describe("A field", () => {
  it("leaves Enter and Escape to an input method that is composing a word", async () => {
    const { errors, tab } = await newPerson(page)
    await add(tab, "One")
    const editor = await openEditor(tab, "One")
    const field = editor.getByLabel("New tag for this task")
    await field.fill("かいもの")
    for (const key of ["Enter", "Escape"]) {
      await field.dispatchEvent("keydown", { key, isComposing: true, bubbles: true, cancelable: true })
    }
    await settled(tab)
    assert.strictEqual(await field.inputValue(), "かいもの")
    assert.strictEqual(await editor.getByRole("checkbox").count(), 0)
    await tab.keyboard.press("Enter")
    await editor.getByLabel("かいもの", { exact: true }).waitFor()
    assert.deepStrictEqual(errors, [])
  })

  it("for a search keeps what is typed while the address changes", async () => {
    const { errors, tab } = await newPerson(page)
    const field = tab.getByLabel("Search titles and descriptions")
    await tab.evaluate(() => {
      const type = () => {
        const input = document.getElementById("search")
        Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, "value")?.set?.call(input, "oat milk")
        input?.dispatchEvent(new Event("input", { bubbles: true }))
      }
      window.addEventListener("popstate", type, { once: true })
    })
    await field.fill("oat")
    await tab.waitForURL(/q=oat\+milk/)
    assert.strictEqual(await field.inputValue(), "oat milk")
    await tab.getByRole("link", { name: "All tasks" }).click()
    await tab.waitForURL(`${page}/`)
    assert.strictEqual(await field.inputValue(), "")
    assert.deepStrictEqual(errors, [])
  })

  it("for a new project or tag creates one when Enter is pressed twice", async () => {
    const { context, errors, tab } = await newPerson(page)
    let requests = 0
    await context.route(`${tasks}/api/{projects,tags}`, async (route) => {
      if (route.request().method() === "POST") {
        requests += 1
        await tab.waitForTimeout(300)
      }
      await route.continue()
    })
    for (const [label, name] of [
      ["New project", "Garden"],
      ["New tag", "urgent"]
    ] as const) {
      await tab.getByLabel(label, { exact: true }).fill(name)
      await tab.keyboard.press("Enter")
      await tab.keyboard.press("Enter")
      await tab.getByRole("link", { name }).waitFor()
    }
    await settled(tab)
    assert.strictEqual(requests, 2)
    assert.strictEqual(await tab.getByText("already exists").count(), 0)
    assert.deepStrictEqual(errors, [])
  })

  it("keeps what is typed in the editor of a subtask that leaves the list meanwhile", async () => {
    const { context, errors, tab } = await newPerson(page)
    await add(tab, "One")
    await addSubtask(tab, "One", "Part")
    const [part] = await sendAs(context, "GET", "/api/tasks?q=Part")
    await tab.getByLabel("Search titles and descriptions").fill("Part")
    await shows(tab, "Part")
    const editor = await openEditor(tab, "Part")
    await editor.getByLabel("Description").fill("A long thought")
    await sendAs(context, "PATCH", `/api/tasks/${part.id}`, { status: "completed" })
    await tab.getByText("No matching tasks").waitFor()
    assert.strictEqual(await editor.getByLabel("Description").inputValue(), "A long thought")
    assert.deepStrictEqual(errors, [])
  })
})

describe("A phone", () => {
  it("shows long names and enlarged text inside of the screen", async () => {
    const context = await newContext({ viewport: { width: 320, height: 640 } })
    const { errors, tab } = await newPerson(page, "Ada", context)
    await sendAs(context, "POST", "/api/tags", { name: "T".repeat(50) })
    await sendAs(context, "POST", "/api/projects", { name: "P".repeat(200) })
    await add(tab, "One")
    const width = () => tab.evaluate(() => document.documentElement.scrollWidth)
    const editor = await openEditor(tab, "One")
    await editor.getByText("T".repeat(50)).waitFor()
    assert.isAtMost(await width(), 320)
    await tab.keyboard.press("Escape")
    await tab.evaluate(() => document.documentElement.style.setProperty("font-size", "200%"))
    assert.isAtMost(await width(), 320)
    assert.deepStrictEqual(errors, [])
  })
})

describe("The dialog of a project", () => {
  it("saves what the user changed, and nothing that changed on another device meanwhile", async () => {
    const { context, errors, tab } = await newPerson(page)
    const { id } = await sendAs(context, "POST", "/api/projects", { name: "Garden", color: "#00ff00" })
    await tab.getByRole("button", { name: "Edit the project Garden" }).click()
    const dialog = tab.getByRole("dialog", { name: "Edit project" })
    await dialog.getByLabel("Name").fill("Allotment")
    await sendAs(context, "PATCH", `/api/projects/${id}`, { color: "#ff0000" })
    await tab.locator('a [style*="rgb(255, 0, 0)"]').waitFor()
    await dialog.getByRole("button", { name: "Save" }).click()
    await tab.getByRole("link", { name: "Allotment" }).waitFor()
    const saved = await sendAs(context, "GET", `/api/projects/${id}`)
    assert.deepInclude(saved, { name: "Allotment", color: "#ff0000" })
    assert.deepStrictEqual(errors, [])
  })
})

describe("A new task", () => {
  it("in the list of a tag has that tag and those that its text names", async () => {
    const { context, errors, tab } = await newPerson(page)
    await sendAs(context, "POST", "/api/tags", { name: "urgent" })
    await sendAs(context, "POST", "/api/tags", { name: "home" })
    await tab.getByRole("link", { name: "urgent" }).click()
    await tab.getByRole("heading", { name: "urgent" }).waitFor()
    await tab.getByLabel("New task", { exact: true }).fill("Paint the door @home")
    await tab.getByRole("button", { name: "Keep “@home” in the title" }).waitFor()
    await tab.keyboard.press("Enter")
    const added = row(tab, "Paint the door")
    await added.getByText("urgent").waitFor()
    await added.getByText("home").waitFor()
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

describe("Single-key shortcuts", () => {
  it("work while a radio button has the focus", async () => {
    const { errors, tab } = await newPerson(page)
    await tab.getByLabel("All", { exact: true }).focus()
    await tab.keyboard.press("n")
    await tab.getByLabel("New task", { exact: true }).and(tab.locator(":focus")).waitFor()
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
