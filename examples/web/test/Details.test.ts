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

describe("Typed text", () => {
  it("survives Escape, another editor, a reload and a sign-out", async () => {
    const { email, errors, tab } = await newPerson(page)
    await add(tab, "One", "Two")
    const editor = await openEditor(tab, "One")
    await editor.getByLabel("Description").fill("A long thought")
    await tab.keyboard.press("Escape")
    await row(tab, "One").getByText("Unsaved draft").waitFor()
    await openEditor(tab, "Two")
    await tab.getByLabel("New task", { exact: true }).fill("Half a title")
    await tab.reload()
    await row(tab, "One").getByText("Unsaved draft").waitFor()
    assert.strictEqual(await tab.getByLabel("New task", { exact: true }).inputValue(), "Half a title")
    await tab.getByRole("button", { name: "Sign out" }).click()
    await signIn(tab, email)
    const again = await openEditor(tab, "One")
    assert.strictEqual(await again.getByLabel("Description").inputValue(), "A long thought")
    await again.getByRole("button", { name: "Discard changes" }).click()
    await row(tab, "One").getByText("Unsaved draft").waitFor({ state: "detached" })
    assert.deepStrictEqual(errors, [])
  })

  it("stays while a new tag or project is being saved, and a discarded draft does not come back", async () => {
    const { context, errors, tab } = await newPerson(page)
    await add(tab, "One")
    let respond = () => {}
    const hold = async (path: string) => {
      const answered = new Promise<void>((resolve) => {
        respond = resolve
      })
      await context.route(`${inject("tasks")}/api/${path}`, async (route) => {
        if (route.request().method() === "POST") await answered
        await route.continue()
      })
    }
    await hold("tags")
    const editor = await openEditor(tab, "One")
    const tagField = editor.getByLabel("New tag for this task")
    await tagField.fill("errand")
    await tab.keyboard.press("Enter")
    await editor.getByLabel("Description").fill("A long thought")
    await tagField.fill("urg")
    respond()
    await editor.getByRole("checkbox", { name: "errand", checked: true }).waitFor()
    assert.strictEqual(await editor.getByLabel("Description").inputValue(), "A long thought")
    assert.strictEqual(await tagField.inputValue(), "urg")

    await hold("tags")
    await tagField.fill("urgent")
    await tab.keyboard.press("Enter")
    await editor.getByRole("button", { name: "Discard changes" }).click()
    respond()
    await tab.getByRole("link", { name: "urgent" }).waitFor()
    assert.strictEqual(await row(tab, "One").getByText("Unsaved draft").count(), 0)

    await hold("projects")
    await tab.getByLabel("New project").fill("Garden")
    await tab.keyboard.press("Enter")
    await tab.getByLabel("New project").fill("Hou")
    respond()
    await tab.getByRole("link", { name: "Garden" }).waitFor()
    await settled(tab)
    assert.strictEqual(await tab.getByLabel("New project").inputValue(), "Hou")
    assert.deepStrictEqual(errors, [])
  })

  it("in two windows survives a reload of either, and one that the browser damaged is forgotten", async () => {
    const { context, errors, tab } = await newPerson(page)
    await add(tab, "One", "Two")
    const other = await openTab(context, page)
    await shows(other.tab, "Two", "One")
    for (const [window, title] of [
      [tab, "One"],
      [other.tab, "Two"]
    ] as const) {
      const editor = await openEditor(window, title)
      await editor.getByLabel("Description").fill(`About ${title}`)
      await window.keyboard.press("Escape")
    }
    await tab.reload()
    for (const title of ["One", "Two"]) await row(tab, title).getByText("Unsaved draft").waitFor()
    await (await openEditor(tab, "Two")).getByRole("button", { name: "Discard changes" }).click()
    await other.tab.reload()
    await row(other.tab, "One").getByText("Unsaved draft").waitFor()
    assert.strictEqual(await row(other.tab, "Two").getByText("Unsaved draft").count(), 0)

    await tab.evaluate(() => {
      for (const name of Object.keys(localStorage)) if (name.startsWith("draft ")) localStorage.setItem(name, '{"')
    })
    await tab.reload()
    await shows(tab, "Two", "One")
    assert.deepStrictEqual([...errors, ...other.errors], [])
  })
})

describe("A list", () => {
  it("keeps the focus when a task is completed by keyboard", async () => {
    const { tab } = await newPerson(page)
    await add(tab, "One", "Two", "Three")
    await tab.getByRole("checkbox", { name: "Completed: Two" }).focus()
    await tab.keyboard.press("Space")
    await shows(tab, "Three", "One")
    await row(tab, "One").and(tab.locator(":focus")).waitFor()
  })

  it("keeps the focus when the last task goes, also by another window", async () => {
    const { context, errors, tab } = await newPerson(page)
    await add(tab, "One", "Two", "Three")
    await addSubtask(tab, "Three", "Part of three")
    await row(tab, "One").focus()
    await tab.keyboard.press("Delete")
    await row(tab, "Two").and(tab.locator(":focus")).waitFor()

    const { token } = await (await context.request.get(`${page}/api/auth/token`)).json()
    const headers = { authorization: `Bearer ${token}` }
    const id = (await row(tab, "Two").getAttribute("id"))?.replace("task-", "")
    const deleted = await context.request.delete(`${inject("tasks")}/api/tasks/${id}`, { headers })
    assert.strictEqual(deleted.status(), 204, await deleted.text())
    await row(tab, "Part of three").and(tab.locator(":focus")).waitFor()
    await tab.keyboard.press("k")
    await tab.keyboard.press("Delete")
    await tab.locator("#new-task:focus").waitFor()
    assert.deepStrictEqual(errors, [])
  })

  it("leaves the focus where the user moves it while a task goes", async () => {
    const { tab } = await newPerson(page)
    await add(tab, "One", "Two")
    await row(tab, "One").focus()
    await tab.evaluate(() => {
      new MutationObserver(() => document.getElementById("search")?.focus()).observe(document.body, {
        childList: true,
        subtree: true
      })
    })
    await tab.keyboard.press("Delete")
    await row(tab, "One").waitFor({ state: "detached" })
    await tab.waitForTimeout(100)
    assert.strictEqual(await tab.locator(":focus").getAttribute("id"), "search")
  })

  it("leaves the focus where the user moves it while an editor closes", async () => {
    const { tab } = await newPerson(page)
    await add(tab, "One")
    await openEditor(tab, "One")
    await tab.evaluate(() => {
      document.activeElement?.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true }))
      document.getElementById("search")?.focus()
    })
    await row(tab, "One").waitFor()
    await tab.waitForTimeout(100)
    assert.strictEqual(await tab.locator(":focus").getAttribute("id"), "search")
  })

  it("says where a new task went that it does not show", async () => {
    const { errors, tab } = await newPerson(page)
    await tab.getByText("Done", { exact: true }).click()
    await tab.getByText("No completed tasks").waitFor()
    await tab.getByLabel("New task", { exact: true }).fill("Hidden here")
    await tab.keyboard.press("Enter")
    await tab.getByText("Added “Hidden here” to the open tasks.").waitFor()
    await tab.getByRole("button", { name: "Show", exact: true }).click()
    await shows(tab, "Hidden here")
    await tab.getByLabel("Search").fill("something else")
    await tab.getByText("No matching tasks").waitFor()
    await tab.getByLabel("New task", { exact: true }).fill("Not found by it")
    await tab.keyboard.press("Enter")
    await tab.getByText("Added “Not found by it” to the open tasks.").waitFor()
    await tab.getByRole("button", { name: "Show", exact: true }).click()
    await shows(tab, "Not found by it", "Hidden here")
    assert.deepStrictEqual(errors, [])
  })

  it("is fetched again once after a series of changes, not for each", async () => {
    const { tab } = await newPerson(page)
    await settled(tab)
    await tab.waitForTimeout(3_000)
    let lists = 0
    tab.on("request", (request) => {
      if (request.method() === "GET" && request.url().includes("/api/tasks?")) lists++
    })
    await add(tab, ...Array.from({ length: 12 }, (_, n) => `Task ${n}`))
    for (let n = 0; n < 6; n++) await tab.getByRole("checkbox", { name: `Completed: Task ${n}`, exact: true }).click()
    await shows(tab, ...Array.from({ length: 6 }, (_, n) => `Task ${11 - n}`))
    await settled(tab)
    assert.isAtMost(lists, 12)
  })

  it("shows counts and upcoming tasks", async () => {
    const { errors, tab } = await newPerson(page)
    await add(tab, "Soon", "Someday")
    const editor = await openEditor(tab, "Soon")
    await editor.getByLabel("Due").fill("2099-01-01")
    await editor.getByRole("button", { name: "Save" }).click()
    await tab.getByRole("link", { name: "All tasks 2 open" }).waitFor()
    await tab.getByRole("link", { name: "Upcoming" }).click()
    await tab.getByRole("heading", { name: "Upcoming" }).waitFor()
    await shows(tab, "Soon")
    assert.deepStrictEqual(errors, [])
  })

  it("is reordered with a finger", async () => {
    const context = await newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
    const { tab } = await newPerson(page, "Ada", context)
    await add(tab, "One", "Two", "Three")
    const handle = await row(tab, "One").locator("span").first().boundingBox()
    const target = await row(tab, "Three").boundingBox()
    if (handle === null || target === null) throw new Error("The rows are not shown")
    const x = handle.x + 8
    const session = await context.newCDPSession(tab)
    const touch = (type: "touchStart" | "touchMove" | "touchEnd", y?: number) =>
      session.send("Input.dispatchTouchEvent", { type, touchPoints: y === undefined ? [] : [{ x, y }] })
    await touch("touchStart", handle.y + 10)
    await touch("touchMove", target.y + 40)
    await touch("touchMove", target.y + 6)
    await touch("touchEnd")
    await shows(tab, "One", "Three", "Two")
  })
})

describe("Projects, tags and the trash", () => {
  it("are renamed, recolored, archived and unarchived", async () => {
    const { errors, tab } = await newPerson(page)
    await tab.getByLabel("New project").fill("Garden")
    await tab.keyboard.press("Enter")
    await tab.getByRole("button", { name: "Edit the project Garden" }).click()
    const dialog = tab.getByRole("dialog", { name: "Edit project" })
    await dialog.getByLabel("Name").fill("Allotment")
    await dialog.getByLabel("Color").fill("#ff0000")
    await dialog.getByRole("button", { name: "Save" }).click()
    await tab.getByRole("link", { name: "Allotment" }).waitFor()
    await tab.getByRole("button", { name: "Edit the project Allotment" }).click()
    await dialog.getByRole("button", { name: "Archive" }).click()
    await tab.getByText("Archived (1)").click()
    await tab.getByRole("button", { name: "Edit the project Allotment" }).click()
    await dialog.getByRole("button", { name: "Unarchive" }).click()
    await tab.getByText("Archived (1)").waitFor({ state: "detached" })

    for (const name of ["urgent", "later"]) {
      await tab.getByLabel("New tag").fill(name)
      await tab.keyboard.press("Enter")
      await tab.getByRole("link", { name }).waitFor()
    }
    await tab.getByRole("button", { name: "Edit the tag later" }).click()
    const tag = tab.getByRole("dialog", { name: "Edit tag" })
    await tag.getByLabel("Name").fill("Urgent")
    await tag.getByRole("button", { name: "Save" }).click()
    await tag.getByText("A tag named “urgent” already exists.").waitFor()
    assert.deepStrictEqual(errors, [])
  })

  it("empties the trash, also of a task with its subtasks", async () => {
    const { errors, tab } = await newPerson(page)
    await add(tab, "One", "Two")
    await addSubtask(tab, "Two", "Part of two")
    for (const title of ["One", "Two"]) {
      await row(tab, title).focus()
      await tab.keyboard.press("Delete")
      await row(tab, title).waitFor({ state: "detached" })
    }
    await settled(tab)
    await tab.getByRole("link", { name: "Trash" }).click()
    await tab
      .getByText(/^Deleted on /)
      .first()
      .waitFor()
    tab.once("dialog", (dialog) => void dialog.accept())
    await tab.getByRole("button", { name: "Empty trash" }).click()
    await tab.getByText("The trash is empty").waitFor()
    assert.lengthOf(await tab.locator("main").getByText("no longer exists").all(), 0)
    assert.deepStrictEqual(errors, [])
  })
})
