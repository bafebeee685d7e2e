import { assert, describe, inject, it } from "vitest"
import { add, newContext, newPerson, openEditor, openTab, row, violations, withBrowser } from "./support/person.ts"

withBrowser()

const page = inject("page")

describe("axe finds no violation in light and dark mode", () => {
  it("on the sign-in page", async () => {
    const { tab } = await openTab(await newContext(), page)
    await tab.getByRole("heading", { name: "Sign in" }).waitFor()
    assert.deepStrictEqual(await violations(tab), [])
  })

  it("on an empty and a full list, the editor, the help, the project dialog and the trash", async () => {
    const { tab } = await newPerson(page)
    assert.deepStrictEqual(await violations(tab), [])
    await add(tab, "One", "Two", "Three")
    const editor = await openEditor(tab, "Two")
    await editor.getByLabel("Priority").selectOption("medium")
    await editor.getByLabel("Status").selectOption("in_progress")
    await editor.getByLabel("Due").fill("2020-01-01")
    await editor.getByLabel("New tag for this task").fill("errand")
    await tab.keyboard.press("Enter")
    await editor.getByRole("checkbox", { name: "errand" }).waitFor()
    assert.deepStrictEqual(await violations(tab), [])
    await editor.getByRole("button", { name: "Save" }).click()
    await row(tab, "Two").getByText("Overdue").waitFor()
    await tab.getByRole("button", { name: "More for One" }).click()
    assert.deepStrictEqual(await violations(tab), [])
    await tab.getByRole("button", { name: "Move to the trash" }).click()
    await tab.getByText("All", { exact: true }).click()
    await tab.getByRole("checkbox", { name: "Completed: Three" }).click()
    await tab.getByText("Completed “Three”.").waitFor()
    assert.deepStrictEqual(await violations(tab), [])
    await tab.getByLabel("New project").fill("Garden")
    await tab.keyboard.press("Enter")
    await tab.getByRole("button", { name: "Edit the project Garden" }).click()
    assert.deepStrictEqual(await violations(tab), [])
    await tab.keyboard.press("Escape")
    await tab.getByRole("button", { name: "Keyboard help" }).click()
    assert.deepStrictEqual(await violations(tab), [])
    await tab.keyboard.press("Escape")
    await tab.getByRole("link", { name: "Trash" }).click()
    await tab.getByRole("button", { name: "Restore One" }).waitFor()
    assert.deepStrictEqual(await violations(tab), [])
  })

  it("while the service cannot be reached", async () => {
    const { context, tab } = await newPerson(page)
    await context.route(`${inject("tasks")}/**`, (route) => route.abort())
    await tab.getByLabel("New task", { exact: true }).fill("Meanwhile")
    await tab.keyboard.press("Enter")
    await tab.getByText(/1 change waiting\./).waitFor()
    assert.deepStrictEqual(await violations(tab), [])
  })

  it("on a phone, where nothing is wider than the screen and every target is at least 44 px", async () => {
    const context = await newContext({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true })
    const { tab } = await newPerson(page, "Ada", context)
    await add(tab, "Short", "A title that goes on and on, with averyveryverylongwordthatnothingbreaks".repeat(2))
    const small = () =>
      tab.evaluate(() =>
        Array.from(
          document.querySelectorAll("button, a[href]:not(.skip), select, label:has([type=checkbox], [type=radio])")
        )
          .map((element) => ({ box: element.getBoundingClientRect(), html: element.outerHTML.slice(0, 120) }))
          .filter(({ box }) => box.width > 0 && (box.width < 44 || box.height < 43.5))
          .map(({ box, html }) => `${box.width} x ${box.height}: ${html}`)
      )
    const tooWide = () => tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    assert.deepStrictEqual(await small(), [])
    assert.isAtMost(await tooWide(), 0)
    // The filters leave room for the list.
    const select = await tab.getByRole("combobox").first().boundingBox()
    assert.isAtMost(select?.height ?? Number.NaN, 60)
    assert.deepStrictEqual(await violations(tab), [])
    await openEditor(tab, "Short")
    assert.deepStrictEqual(await small(), [])
    assert.isAtMost(await tooWide(), 0)
    await tab.getByRole("button", { name: "Cancel" }).click()
    await tab.getByRole("button", { name: "Lists" }).click()
    await tab.getByRole("dialog", { name: "Lists" }).waitFor()
    assert.deepStrictEqual(await small(), [])
    assert.deepStrictEqual(await violations(tab), [])
    await tab.getByRole("link", { name: "Trash" }).click()
    await tab.getByRole("heading", { name: "Trash" }).and(tab.locator(":focus")).waitFor()
  })
})
