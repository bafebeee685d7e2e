import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import type { Page } from "playwright-core"
import { assert, describe, inject, it } from "vitest"
import {
  add,
  newContext,
  newPerson,
  openEditor,
  openTab,
  row,
  settled,
  violations,
  withBrowser
} from "./support/person.ts"

withBrowser()

const page = inject("page")
const tasks = inject("tasks")
const source = join(import.meta.dirname, "../src")

/** The components that open a dialog. */
const dialogsInCode = readdirSync(source, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".tsx") && /<Dialog\b|showModal\(/.test(readFileSync(join(source, file), "utf8")))
  .map((file) => file.replace(/^.*\/|\.tsx$/g, ""))
  .filter((name) => name !== "Dialog")

/** Looks at every page with axe and for sideways scrolling. With `SCREENSHOTS=folder` it leaves pictures there. */
const inspection = (setting: string) => {
  const found: Array<string> = []
  const seen: Array<string> = []
  const inspect = async (tab: Page, name: string) => {
    await settled(tab)
    seen.push(name)
    const { SCREENSHOTS } = process.env
    for (const colorScheme of SCREENSHOTS ? (["dark", "light"] as const) : []) {
      await tab.emulateMedia({ colorScheme })
      await tab.screenshot({ path: `${SCREENSHOTS}/${setting} ${name} ${colorScheme}.png` })
    }
    for (const violation of await violations(tab)) {
      // The user's colors replace those of the page, which axe reads.
      if (setting === "forced colors" && violation.startsWith("color-contrast")) continue
      found.push(`${name}: ${violation}`)
    }
    const overflow = await tab.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
    if (overflow > 0) found.push(`${name}: ${overflow} px wider than the window`)
  }
  return { inspect, found, seen }
}

const lists = async (tab: Page) => {
  const button = tab.getByRole("button", { name: "Lists" })
  if (await button.isVisible()) await button.click()
}

const visit = async (tab: Page, name: string | RegExp, heading: string) => {
  await lists(tab)
  await tab.getByRole("link", { name }).click()
  await tab.getByRole("heading", { name: heading, exact: true }).waitFor()
}

const create = async (tab: Page, label: string, name: string) => {
  await lists(tab)
  await tab.getByLabel(label).fill(name)
  await tab.keyboard.press("Enter")
  await tab.getByRole("link", { name }).waitFor()
  await settled(tab)
  const close = tab.getByRole("button", { name: "Close the lists" })
  if (await close.isVisible()) await close.click()
}

describe("axe finds nothing, and nothing is wider than the window,", () => {
  it.each([
    ["1280 px", { viewport: { width: 1280, height: 800 } }],
    ["820 px", { viewport: { width: 820, height: 1100 } }],
    ["390 px", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }],
    ["forced colors", { viewport: { width: 1280, height: 800 }, forcedColors: "active" as const }]
  ])(
    "on every page and dialog, %s",
    async (setting, options) => {
      const { found, inspect, seen } = inspection(setting)

      const visitor = await newContext(options)
      const visitorTab = await openTab(visitor, page)
      await visitorTab.tab.getByRole("heading", { name: "Sign in" }).waitFor()
      await inspect(visitorTab.tab, "Sign in")
      await visitorTab.tab.getByLabel("Email").fill("nobody@example.com")
      await visitorTab.tab.getByLabel("Password").fill("wrong password")
      await visitorTab.tab.getByRole("button", { name: "Sign in" }).click()
      await visitorTab.tab.getByRole("alert").waitFor()
      await inspect(visitorTab.tab, "Sign in refused")
      await visitorTab.tab.getByRole("button", { name: "Create one" }).click()
      await inspect(visitorTab.tab, "Sign up")
      await visitor.close()

      const { context, tab } = await newPerson(page, "Ada", await newContext(options))
      await inspect(tab, "No tasks")
      for (const [link, heading] of [
        ["Due today", "Due today"],
        ["Upcoming", "Upcoming"],
        ["No project", "No project"],
        ["Trash", "Trash"]
      ] as const) {
        await visit(tab, new RegExp(`^${link}`), heading)
        await inspect(tab, `${heading}, empty`)
      }
      await create(tab, "New project", "Garden")
      await create(tab, "New tag", "errand")
      await visit(tab, /^All tasks/, "All tasks")
      await add(
        tab,
        "Water the tomatoes",
        "Buy seeds",
        "A rather long title that needs more than one line on a phone",
        "Call Ada"
      )

      const field = tab.getByLabel("New task", { exact: true })
      await field.fill("Pay rent every 1st at 9 #garden @errand !high")
      await tab.getByRole("group", { name: "Understood" }).getByText("every 1st").waitFor()
      await inspect(tab, "New task")
      await tab.keyboard.press("Enter")
      await row(tab, "Pay rent").waitFor()
      const editor = await openEditor(tab, "Buy seeds")
      await editor.getByLabel("Priority").selectOption("medium")
      await editor.getByLabel("Due").fill("2020-01-01")
      await inspect(tab, "Editor")
      await editor.getByRole("button", { name: "Save" }).click()
      await row(tab, "Buy seeds").getByText("Overdue").waitFor()
      await tab.getByRole("button", { name: "More for Buy seeds" }).click()
      await inspect(tab, "Menu of a task")
      await tab.getByRole("button", { name: "Add a subtask" }).click()
      await tab.getByLabel("New subtask of Buy seeds").and(tab.locator(":focus")).fill("Compare prices")
      await tab.keyboard.press("Enter")
      await row(tab, "Compare prices").first().waitFor()
      await inspect(tab, "Subtasks")
      await openEditor(tab, "Call Ada").then((form) => form.getByLabel("Description").fill("A thought"))
      await tab.keyboard.press("Escape")
      await row(tab, "Call Ada").getByText("Unsaved draft").waitFor()
      await inspect(tab, "Draft")
      await tab.getByText("All", { exact: true }).click()
      await tab.getByRole("checkbox", { name: "Completed: Water the tomatoes" }).click()
      await tab.getByText("Completed “Water the tomatoes”.").waitFor()
      await inspect(tab, "All tasks")
      await tab.getByText("Done", { exact: true }).click()
      await row(tab, "Water the tomatoes").waitFor()
      await inspect(tab, "Done")
      await tab.getByText("Open", { exact: true }).click()
      await tab.getByLabel("Search").fill("nothing like this")
      await tab.getByText("No matching tasks").waitFor()
      await inspect(tab, "Search without a result")
      await tab.getByLabel("Search").fill("")

      await visit(tab, /^Due today/, "Due today")
      await row(tab, "Buy seeds").waitFor()
      await inspect(tab, "Due today")
      await visit(tab, /^Upcoming/, "Upcoming")
      await row(tab, "Pay rent").waitFor()
      await inspect(tab, "Upcoming")
      await visit(tab, "Garden", "Garden")
      await inspect(tab, "Project")
      await visit(tab, "errand", "errand")
      await inspect(tab, "Tag")
      await visit(tab, /^All tasks/, "All tasks")
      await tab.getByRole("button", { name: "More for Call Ada" }).click()
      await tab.getByRole("button", { name: "Move to the trash" }).click()
      await visit(tab, "Trash", "Trash")
      await tab.getByRole("button", { name: "Restore Call Ada" }).waitFor()
      await inspect(tab, "Trash")
      await visit(tab, /^All tasks/, "All tasks")

      const dialogs: Record<string, () => Promise<void>> = {
        HelpDialog: async () => {
          await lists(tab)
          await tab.getByRole("button", { name: "Keyboard help" }).click()
          await tab.getByRole("dialog", { name: "Keyboard" }).waitFor()
        },
        EditDialog: async () => {
          await lists(tab)
          await tab.getByRole("button", { name: "Edit the project Garden" }).click()
          await tab.getByRole("dialog", { name: "Edit project" }).waitFor()
          await inspect(tab, "Edit project")
          await tab.keyboard.press("Escape")
          await tab.getByRole("button", { name: "Edit the tag errand" }).click()
          await tab.getByRole("dialog", { name: "Edit tag" }).waitFor()
        },
        ConflictDialog: async () => {
          const form = await openEditor(tab, "Pay rent")
          await form.getByLabel("Title").fill("Pay the rent")
          // Another device changes the same field meanwhile.
          const { token } = await (await context.request.get(`${page}/api/auth/token`)).json()
          const headers = { authorization: `Bearer ${token}` }
          const [task] = await (await context.request.get(`${tasks}/api/tasks?q=rent`, { headers })).json()
          await context.request.patch(`${tasks}/api/tasks/${task.id}`, { headers, data: { title: "Pay no rent" } })
          await form.getByRole("button", { name: "Save" }).click()
          await tab.getByRole("dialog", { name: "This task was changed elsewhere" }).waitFor()
        }
      }
      // On a wide page the lists are at the side.
      if (await tab.getByRole("button", { name: "Lists" }).isVisible()) {
        dialogs.Drawer = async () => {
          await lists(tab)
          await tab.getByRole("dialog", { name: "Lists" }).waitFor()
        }
      }
      for (const [name, open] of Object.entries(dialogs)) {
        await open()
        await inspect(tab, name)
        for (let n = 0; n < 3; n++) await tab.keyboard.press("Escape")
        await tab.getByRole("dialog").first().waitFor({ state: "detached" })
      }
      await tab.getByText("Not saved: “Pay rent” renamed to “Pay the rent”.").waitFor()
      await inspect(tab, "Not saved")
      await tab.getByRole("button", { name: "Discard" }).click()

      await context.route(`${tasks}/**`, (route) => route.abort())
      await field.fill("Meanwhile")
      await tab.keyboard.press("Enter")
      await tab.getByText(/1 change waiting\./).waitFor()
      await inspect(tab, "Service unavailable")
      await tab.reload()
      await tab.getByText("Couldn't load your tasks").waitFor()
      await inspect(tab, "Not loaded")
      await context.unroute(`${tasks}/**`)
      await tab.reload()
      await row(tab, "Meanwhile").waitFor()
      await settled(tab)
      await context.clearCookies()
      await context.route("**/api/auth/token", (route) => route.fulfill({ status: 401 }))
      await tab.reload()
      await tab.getByRole("heading", { name: "Sign in" }).waitFor()
      await context.route("**/api/auth/**", (route) => route.abort())
      await tab.reload()
      await tab.getByText("Can't reach the sign-in server").waitFor()
      await inspect(tab, "Sign-in server unavailable")

      assert.deepStrictEqual(found, [])
      const expected = dialogsInCode.filter((name) => name !== "Drawer" || setting === "390 px")
      assert.deepStrictEqual(
        expected.filter((name) => !seen.includes(name)),
        []
      )
      await context.close()
    },
    600_000
  )
})
