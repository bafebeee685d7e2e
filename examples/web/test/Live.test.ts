import { assert, describe, inject, it } from "vitest"
import {
  add,
  newContext,
  newPerson,
  openEditor,
  openTab,
  row,
  settled,
  shows,
  signIn,
  violations,
  withBrowser
} from "./support/person.ts"

withBrowser()

const page = inject("page")

/** Another device of the same user. */
const anotherWindow = async (email: string) => {
  const context = await newContext()
  const { errors, tab } = await openTab(context, page)
  await signIn(tab, email)
  await tab.getByRole("status", { name: "Connection" }).getByText("Live").waitFor()
  return { context, errors, tab }
}

describe("Two windows of one user", () => {
  it("show each other's changes without a reload", async () => {
    const first = await newPerson(page)
    const second = await anotherWindow(first.email)
    await add(first.tab, "Buy milk", "Call Bob")
    await shows(second.tab, "Call Bob", "Buy milk")

    await second.tab.getByRole("checkbox", { name: "Completed: Buy milk" }).click()
    await shows(first.tab, "Call Bob")
    await first.tab.getByLabel("New project").fill("Garden")
    await first.tab.keyboard.press("Enter")
    await second.tab.getByRole("link", { name: "Garden" }).waitFor()

    await row(first.tab, "Call Bob").focus()
    await first.tab.keyboard.press("Delete")
    await second.tab.getByText("No tasks yet").or(second.tab.getByText("Nothing")).first().waitFor()
    await shows(second.tab)
    assert.deepStrictEqual([...first.errors, ...second.errors], [])
  })

  it("show a change within a second", async () => {
    const first = await newPerson(page)
    const second = await anotherWindow(first.email)
    await settled(second.tab)
    const seen = row(second.tab, "Right now").waitFor({ timeout: 1_000 })
    await first.tab.getByLabel("New task", { exact: true }).fill("Right now")
    await first.tab.keyboard.press("Enter")
    await seen
  })

  it("never overwrite what the user is typing", async () => {
    const first = await newPerson(page)
    await add(first.tab, "Plan the trip")
    const second = await anotherWindow(first.email)
    const editor = await openEditor(second.tab, "Plan the trip")
    await editor.getByLabel("Description").fill("Take the night tr")
    await second.tab.getByLabel("New task", { exact: true }).fill("Half a ti")

    const other = await openEditor(first.tab, "Plan the trip")
    await other.getByLabel("Title").fill("Plan the long trip")
    await other.getByRole("button", { name: "Save" }).click()
    await settled(first.tab)
    await add(first.tab, "Pack")
    await row(second.tab, "Pack").waitFor()

    assert.strictEqual(await second.tab.getByLabel("Description", { exact: true }).inputValue(), "Take the night tr")
    assert.strictEqual(await second.tab.getByLabel("New task", { exact: true }).inputValue(), "Half a ti")
    await second.tab.getByRole("button", { name: "Save" }).click()
    await settled(second.tab)
    // Both changes are kept: they were to different fields.
    await row(first.tab, "Plan the long trip").getByText("Take the night tr").waitFor()
  })
})

describe("A window that was offline", () => {
  it("shows what it missed when it is online again, and says how it is connected", async () => {
    const first = await newPerson(page)
    await add(first.tab, "Before")
    const second = await anotherWindow(first.email)
    await shows(second.tab, "Before")
    const state = second.tab.getByRole("status", { name: "Connection" })

    await second.context.setOffline(true)
    await add(first.tab, "Missed")
    await first.tab.getByRole("checkbox", { name: "Completed: Before" }).click()
    await settled(first.tab)
    await second.context.setOffline(false)
    await shows(second.tab, "Missed")
    await state.getByText("Live").waitFor()
    assert.deepStrictEqual(await violations(second.tab), [])
  })
})
