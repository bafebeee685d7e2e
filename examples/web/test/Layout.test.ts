import { assert, describe, inject, it } from "vitest"
import { add, newContext, newPerson, openEditor, row, violations, withBrowser } from "./support/person.ts"

withBrowser()

const page = inject("page")

describe("The layout", () => {
  it.each([320, 390, 600, 761, 820, 900, 945, 1280])("fits into %i px with tags and the editor", async (width) => {
    const { errors, tab } = await newPerson(page, "Ada", await newContext({ viewport: { width: 1280, height: 800 } }))
    await add(tab, "A task with averyveryverylongwordthatnothingbreaks".repeat(3), "Short")
    const editor = await openEditor(tab, "Short")
    await editor.getByLabel("New tag for this task").fill("a-rather-long-tag-name-for-a-pill")
    await tab.keyboard.press("Enter")
    await editor.getByRole("checkbox", { name: "a-rather-long-tag-name-for-a-pill" }).waitFor()
    await tab.setViewportSize({ width, height: 700 })
    assert.isAtMost(await tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0)
    await editor.getByRole("button", { name: "Save" }).click()
    await row(tab, "Short").getByText("a-rather-long-tag-name-for-a-pill").waitFor()
    assert.isAtMost(await tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth), 0)
    assert.deepStrictEqual(errors, [])
  })

  it("scrolls the editor into view", async () => {
    const { tab } = await newPerson(page, "Ada", await newContext({ viewport: { width: 1000, height: 500 } }))
    await add(tab, "1", "2", "3", "4", "5", "6")
    const editor = await openEditor(tab, "1")
    const box = await editor.boundingBox()
    assert.isAtMost((box?.y ?? Number.NaN) + (box?.height ?? Number.NaN), 501)
  })

  it("shows what is chosen and completed in forced colors", async () => {
    const { tab } = await newPerson(page, "Ada", await newContext({ forcedColors: "active" }))
    await add(tab, "One")
    await tab.getByText("All", { exact: true }).click()
    await tab.getByRole("checkbox", { name: "Completed: One" }).click()
    await tab.getByText("Completed “One”.").waitFor()
    const background = (name: string) =>
      tab.getByText(name, { exact: true }).evaluate((element) => getComputedStyle(element).backgroundColor)
    assert.notStrictEqual(await background("All"), await background("Open"))
    const box = tab.getByRole("checkbox", { name: "Completed: One" })
    const [checked, canvas] = await box.evaluate((element) => [
      getComputedStyle(element).backgroundColor,
      getComputedStyle(document.body).backgroundColor
    ])
    assert.notStrictEqual(checked, canvas)
  })

  it("shows a toast with a long title inside of the screen, with its buttons", async () => {
    const { tab } = await newPerson(page, "Ada", await newContext({ viewport: { width: 320, height: 600 } }))
    const title = "A title that goes on and on ".repeat(7).trim()
    await add(tab, title)
    await tab.getByRole("checkbox").first().click()
    const box = await tab.getByRole("button", { name: "Dismiss" }).boundingBox()
    assert.isAtMost((box?.x ?? Number.NaN) + (box?.width ?? Number.NaN), 320)
  })

  it("shows a toast beside the lists, not over the account", async () => {
    const { tab } = await newPerson(page, "Ada", await newContext({ viewport: { width: 820, height: 600 } }))
    await add(tab, "One")
    await tab.getByRole("checkbox").first().click()
    const toast = await tab.getByText("Completed “One”.").boundingBox()
    const lists = await tab.getByRole("complementary").boundingBox()
    assert.isAtLeast(toast?.x ?? Number.NaN, (lists?.x ?? Number.NaN) + (lists?.width ?? Number.NaN))
  })

  it("shows the menu of a task inside of the screen, also where the browser has turned the page from right to left", async () => {
    const { tab } = await newPerson(page, "Ada", await newContext({ viewport: { width: 320, height: 600 } }))
    await add(tab, "One")
    for (const direction of ["ltr", "rtl"]) {
      await tab.evaluate((dir) => document.documentElement.setAttribute("dir", dir), direction)
      await tab.getByRole("button", { name: "More for One" }).click()
      const menu = tab.locator("[popover]:popover-open")
      await menu.getByRole("button", { name: "Edit" }).waitFor()
      const box = await menu.boundingBox()
      assert.isAtLeast(box?.x ?? Number.NaN, 0, direction)
      assert.isAtMost((box?.x ?? Number.NaN) + (box?.width ?? Number.NaN), 320, direction)
      await tab.keyboard.press("Escape")
    }
  })

  it("writes right-to-left titles from right to left", async () => {
    const { tab } = await newPerson(page)
    await add(tab, "\u05e7\u05e0\u05d4 \u05d7\u05dc\u05d1")
    const direction = await tab
      .getByRole("button", { name: /^Edit \u05e7/ })
      .evaluate((element) => getComputedStyle(element).direction)
    assert.strictEqual(direction, "rtl")
  })
})

describe("Tags under the pointer", () => {
  it("stay readable in the editor, in a row and at the side", async () => {
    const { tab } = await newPerson(page)
    await add(tab, "One")
    const editor = await openEditor(tab, "One")
    for (const name of ["errand", "urgent"]) {
      await editor.getByLabel("New tag for this task").fill(name)
      await tab.keyboard.press("Enter")
      await editor.getByRole("checkbox", { name }).waitFor()
    }
    await editor.getByRole("checkbox", { name: "urgent" }).click()
    for (const name of ["errand", "urgent"]) {
      await editor.getByText(name, { exact: true }).hover()
      assert.deepStrictEqual(await violations(tab), [])
    }
    await editor.getByRole("button", { name: "Save" }).click()
    await row(tab, "One").getByText("errand").hover()
    assert.deepStrictEqual(await violations(tab), [])
    await tab.getByRole("link", { name: "errand" }).hover()
    assert.deepStrictEqual(await violations(tab), [])
  })
})
