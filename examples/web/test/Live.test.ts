import { assert, describe, inject, it } from "vitest"
import * as user from "./support/person.ts"

user.withBrowser()

const page = inject("page")

/** Another device of the same user. */
const anotherWindow = async (email: string) => {
  const context = await user.newContext()
  const { errors, tab } = await user.openTab(context, page)
  await user.signIn(tab, email)
  await tab.getByRole("status", { name: "Connection" }).getByText("Live").waitFor()
  return { context, errors, tab }
}

describe("Two windows of one user", () => {
  it("show each other's changes without a reload", async () => {
    const first = await user.newPerson(page)
    const second = await anotherWindow(first.email)
    await user.add(first.tab, "Buy milk", "Call Bob")
    await user.shows(second.tab, "Call Bob", "Buy milk")

    await second.tab.getByRole("checkbox", { name: "Completed: Buy milk" }).click()
    await user.shows(first.tab, "Call Bob")
    await first.tab.getByLabel("New project").fill("Garden")
    await first.tab.keyboard.press("Enter")
    await second.tab.getByRole("link", { name: "Garden" }).waitFor()

    await user.row(first.tab, "Call Bob").focus()
    await first.tab.keyboard.press("Delete")
    await second.tab.getByText("No tasks yet").or(second.tab.getByText("Nothing")).first().waitFor()
    await user.shows(second.tab)
    assert.deepStrictEqual([...first.errors, ...second.errors], [])
  })

  it("show a change within a second", async () => {
    const first = await user.newPerson(page)
    const second = await anotherWindow(first.email)
    await user.settled(second.tab)
    const seen = user.row(second.tab, "Right now").waitFor({ timeout: 1_000 })
    await first.tab.getByLabel("New task", { exact: true }).fill("Right now")
    await first.tab.keyboard.press("Enter")
    await seen
  })

  it("never overwrite what the user is typing", async () => {
    const first = await user.newPerson(page)
    await user.add(first.tab, "Plan the trip")
    const second = await anotherWindow(first.email)
    const editor = await user.openEditor(second.tab, "Plan the trip")
    await editor.getByLabel("Description").fill("Take the night tr")
    await second.tab.getByLabel("New task", { exact: true }).fill("Half a ti")

    const other = await user.openEditor(first.tab, "Plan the trip")
    await other.getByLabel("Title").fill("Plan the long trip")
    await other.getByRole("button", { name: "Save" }).click()
    await user.settled(first.tab)
    await user.add(first.tab, "Pack")
    await user.row(second.tab, "Pack").waitFor()

    assert.strictEqual(await second.tab.getByLabel("Description", { exact: true }).inputValue(), "Take the night tr")
    assert.strictEqual(await second.tab.getByLabel("New task", { exact: true }).inputValue(), "Half a ti")
    await second.tab.getByRole("button", { name: "Save" }).click()
    await user.settled(second.tab)
    // Both changes are kept: they were to different fields.
    await user.row(first.tab, "Plan the long trip").getByText("Take the night tr").waitFor()
  })
})

describe("A window that was offline", () => {
  it("shows what it missed when it is online again, and says how it is connected", async () => {
    const first = await user.newPerson(page)
    await user.add(first.tab, "Before")
    const second = await anotherWindow(first.email)
    await user.shows(second.tab, "Before")
    const state = second.tab.getByRole("status", { name: "Connection" })

    await second.context.setOffline(true)
    await user.add(first.tab, "Missed")
    await first.tab.getByRole("checkbox", { name: "Completed: Before" }).click()
    await user.settled(first.tab)
    await second.context.setOffline(false)
    await user.shows(second.tab, "Missed")
    await state.getByText("Live").waitFor()
    assert.deepStrictEqual(await user.violations(second.tab), [])
  })
})
