import { assert, describe, inject, it } from "vitest"
import { newPerson, openEditor, row, settled, shows, violations, withBrowser } from "./support/person.ts"

withBrowser()

const page = inject("page")

/** A row without those of its subtasks. */
const task = (tab: Parameters<typeof row>[0], title: string) => row(tab, title).and(tab.locator('[id^="task-"]'))

/** Saves a screenshot if `SCREENSHOTS` names a folder. */
const screenshot = async (tab: Awaited<ReturnType<typeof newPerson>>["tab"], name: string) => {
  const { SCREENSHOTS } = process.env
  if (SCREENSHOTS) await tab.screenshot({ path: `${SCREENSHOTS}/${name}.png` })
}

describe("Planning", () => {
  it("shows what it understands of a new task as chips, which the keyboard removes", async () => {
    const { errors, tab } = await newPerson(page)
    await tab.getByLabel("New project").fill("Home")
    await tab.keyboard.press("Enter")
    await tab.getByRole("link", { name: "Home" }).waitFor()
    await settled(tab)
    const field = tab.getByLabel("New task", { exact: true })
    await field.fill("Pay rent every 1st at 9 #home !high")
    const chips = tab.getByRole("group", { name: "Understood" })
    await chips.getByText("every 1st").waitFor()
    await screenshot(tab, "quick-add")
    assert.deepStrictEqual(await violations(tab), [])
    assert.deepStrictEqual(
      (await chips.getByRole("button").allTextContents()).map((text) => text.trim()),
      ["every 1st", "at 9", "#home", "!high"]
    )
    await chips.getByRole("button", { name: /#home/ }).press("Enter")
    await tab.keyboard.press("Enter")
    await shows(tab, "Pay rent #home")
    await settled(tab)
    const text = await row(tab, "Pay rent #home").textContent()
    for (const fact of ["09:00", "Every month on day 1", "High"]) assert.include(text, fact)
    await field.fill("Buy milk")
    await tab.keyboard.press("Enter")
    await shows(tab, "Buy milk", "Pay rent #home")
    assert.deepStrictEqual(errors, [])
  })

  it("moves a recurring task to its next due date when the keyboard completes it, and back by undo", async () => {
    const { errors, tab } = await newPerson(page)
    await tab.getByLabel("New task", { exact: true }).fill("Water the plants")
    await tab.keyboard.press("Enter")
    const editor = await openEditor(tab, "Water the plants")
    await editor.getByLabel("Due").fill("2030-05-03")
    await editor.getByLabel("Time", { exact: true }).fill("18:30")
    await editor.getByLabel("Repeats").selectOption("Weekly")
    await screenshot(tab, "editor")
    assert.deepStrictEqual(await violations(tab), [])
    await tab.keyboard.press("Control+Enter")
    await row(tab, "Water the plants").getByText("3 May 2030, 18:30").waitFor()
    await settled(tab)
    await row(tab, "Water the plants").focus()
    await tab.keyboard.press("x")
    await row(tab, "Water the plants").getByText("10 May 2030, 18:30").waitFor()
    await screenshot(tab, "recurring")
    await tab.getByRole("button", { name: "Undo" }).click()
    await row(tab, "Water the plants").getByText("3 May 2030, 18:30").waitFor()
    await settled(tab)
    await tab.reload()
    await row(tab, "Water the plants").getByText("Weekly").waitFor()
    assert.deepStrictEqual(errors, [])
  })

  it("adds, orders and completes subtasks with the keyboard, and takes them to the trash and back", async () => {
    const { errors, tab } = await newPerson(page)
    await tab.getByLabel("New task", { exact: true }).fill("Plan the trip")
    await tab.keyboard.press("Enter")
    await task(tab, "Plan the trip").focus()
    await tab.keyboard.press("s")
    for (const title of ["Book the train", "Find a hotel", "Pack"]) {
      await tab.getByLabel("New subtask of Plan the trip").fill(title)
      await tab.keyboard.press("Enter")
      await task(tab, title).waitFor()
    }
    await settled(tab)
    await task(tab, "Plan the trip").getByText("0 of 3 subtasks").waitFor()
    await shows(tab, "Plan the trip", "Pack", "Find a hotel", "Book the train")
    await task(tab, "Pack").focus()
    await tab.keyboard.press("Alt+ArrowDown")
    await shows(tab, "Plan the trip", "Find a hotel", "Pack", "Book the train")
    await task(tab, "Find a hotel").focus()
    await tab.keyboard.press("x")
    await task(tab, "Plan the trip").getByText("1 of 3 subtasks").waitFor()
    await task(tab, "Pack").focus()
    await tab.keyboard.press("s")
    await tab.getByLabel("New subtask of Pack").fill("Passport")
    await tab.keyboard.press("Enter")
    await task(tab, "Passport").waitFor()
    await screenshot(tab, "subtasks")
    assert.deepStrictEqual(await violations(tab), [])
    await settled(tab)

    await task(tab, "Plan the trip").focus()
    await tab.keyboard.press("ArrowLeft")
    await shows(tab, "Plan the trip")
    await tab.keyboard.press("Delete")
    await tab.getByText("No tasks yet").waitFor()
    await tab.getByRole("button", { name: "Undo" }).click()
    await shows(tab, "Plan the trip")
    await settled(tab)
    await tab.reload()
    await task(tab, "Plan the trip").getByText("1 of 3 subtasks").waitFor()
    await task(tab, "Plan the trip").focus()
    await tab.keyboard.press("ArrowRight")
    await shows(tab, "Plan the trip", "Find a hotel", "Pack", "Book the train")
    assert.deepStrictEqual(errors, [])
  })
})
