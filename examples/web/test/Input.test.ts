import { assert, describe, inject, it } from "vitest"
import {
  add,
  addSubtask,
  newContext,
  newPerson,
  openEditor,
  row,
  sendAs,
  settled,
  shows,
  withBrowser
} from "./support/person.ts"

withBrowser()

const page = inject("page")
const tasks = inject("tasks")

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

describe("Single-key shortcuts", () => {
  it("work while a radio button has the focus", async () => {
    const { errors, tab } = await newPerson(page)
    await tab.getByLabel("All", { exact: true }).focus()
    await tab.keyboard.press("n")
    await tab.getByLabel("New task", { exact: true }).and(tab.locator(":focus")).waitFor()
    assert.deepStrictEqual(errors, [])
  })
})
