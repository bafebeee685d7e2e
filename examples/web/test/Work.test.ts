import { setTimeout as sleep } from "node:timers/promises"
import { assert, describe, inject, it } from "vitest"
import { add, newPerson, openEditor, row, settled, shown, shows, signIn, withBrowser } from "./support/person.ts"

withBrowser()

const page = inject("page")

describe("The task list", () => {
  it("shows created, edited and completed tasks after a reload", async () => {
    const { errors, tab } = await newPerson(page)
    await add(tab, "Buy milk", "Write to Bob", "Water the plants")
    await shows(tab, "Water the plants", "Write to Bob", "Buy milk")

    const editor = await openEditor(tab, "Write to Bob")
    await editor.getByLabel("Title").fill("Write to Bob and Carol")
    await editor.getByLabel("Description").fill("About the trip")
    await editor.getByLabel("Priority").selectOption("high")
    await editor.getByLabel("Due").fill("2030-05-04")
    await editor.getByRole("button", { name: "Save" }).click()
    await tab.getByRole("checkbox", { name: "Completed: Buy milk" }).click()
    await shows(tab, "Water the plants", "Write to Bob and Carol")
    await settled(tab)

    await tab.reload()
    await shows(tab, "Water the plants", "Write to Bob and Carol")
    const text = await row(tab, "Write to Bob and Carol").textContent()
    for (const fact of ["About the trip", "High", "4 May 2030"]) assert.include(text, fact)
    await tab.getByText("Done", { exact: true }).click()
    await shows(tab, "Buy milk")
    assert.deepStrictEqual(errors, [])
  })

  it("restores a deleted task by undo and from the trash, and keeps the focus", async () => {
    const { errors, tab } = await newPerson(page)
    await add(tab, "One", "Two", "Three")

    await row(tab, "Two").focus()
    await tab.keyboard.press("Delete")
    await shows(tab, "Three", "One")
    await row(tab, "One").and(tab.locator(":focus")).waitFor()
    await tab.getByRole("button", { name: "Undo" }).click()
    await shows(tab, "Three", "Two", "One")

    await tab.getByRole("button", { name: "More for Three" }).click()
    await tab.getByRole("button", { name: "Move to the trash" }).click()
    await shows(tab, "Two", "One")
    await tab.getByRole("link", { name: "Trash" }).click()
    await tab.getByRole("button", { name: "Restore Three" }).click()
    await tab.getByText("The trash is empty").waitFor()
    await tab.getByRole("link", { name: "All tasks" }).click()
    await shows(tab, "Three", "Two", "One")
    assert.deepStrictEqual(errors, [])
  })

  it("filters by project, tag, priority and words", async () => {
    const { errors, tab } = await newPerson(page)
    await tab.getByLabel("New project").fill("Garden")
    await tab.keyboard.press("Enter")
    await tab.getByRole("link", { name: "Garden" }).click()
    await tab.getByRole("heading", { name: "Garden" }).waitFor()
    await tab.getByText("No tasks yet").waitFor()
    await add(tab, "Sow beans")
    await tab.getByRole("link", { name: "All tasks" }).click()
    await add(tab, "Pay the rent", "Order seeds")
    const editor = await openEditor(tab, "Pay the rent")
    await editor.getByLabel("Priority").selectOption("high")
    await editor.getByLabel("New tag for this task").fill("money")
    await tab.keyboard.press("Enter")
    await editor.getByRole("checkbox", { name: "money" }).waitFor()
    await editor.getByRole("button", { name: "Save" }).click()
    await row(tab, "Pay the rent").getByText("money").waitFor()
    await settled(tab)

    await tab.getByRole("link", { name: "Garden" }).click()
    await shows(tab, "Sow beans")
    await tab.getByRole("link", { name: "No project" }).click()
    await shows(tab, "Order seeds", "Pay the rent")
    await tab.getByRole("link", { name: "money" }).click()
    await shows(tab, "Pay the rent")
    await tab.getByRole("link", { name: "All tasks" }).click()
    await tab.getByLabel("Filter by priority").selectOption("high")
    await shows(tab, "Pay the rent")
    await tab.getByLabel("Filter by priority").selectOption("")
    await tab.getByRole("searchbox").fill("see")
    await shows(tab, "Order seeds")
    await tab.reload()
    await shows(tab, "Order seeds")
    await tab.getByRole("searchbox").fill("nowhere")
    await tab.getByText("No matching tasks").waitFor()
    assert.deepStrictEqual(errors, [])
  })

  it("leaves the focus in a field that the user chooses while another list opens", async () => {
    const { errors, tab } = await newPerson(page)
    await tab.getByRole("link", { name: "Upcoming" }).evaluate((link: HTMLElement) => {
      link.click()
      document.getElementById("new-task")?.focus()
    })
    await tab.getByRole("heading", { name: "Upcoming" }).waitFor()
    await tab.waitForTimeout(100)
    assert.strictEqual(await tab.locator(":focus").getAttribute("id"), "new-task")
    await tab.getByRole("link", { name: "All tasks" }).click()
    await tab.getByRole("heading", { name: "All tasks" }).and(tab.locator(":focus")).waitFor()
    assert.deepStrictEqual(errors, [])
  })

  it("loads every task of a long list once while the user scrolls", async () => {
    const { context, errors, tab } = await newPerson(page)
    const { token } = await (await context.request.get(`${page}/api/auth/token`)).json()
    const operations = (from: number) =>
      Array.from({ length: 100 }, (_, n) => ({ op: "create", task: { title: `Task ${from + n}` } }))
    for (const from of [0, 100]) {
      const answer = await context.request.post(`${inject("tasks")}/api/tasks/bulk`, {
        data: { operations: operations(from) },
        headers: { authorization: `Bearer ${token}` }
      })
      assert.strictEqual(answer.status(), 200)
    }
    await tab.reload()
    await row(tab, "Task 150").waitFor()
    for (const until = Date.now() + 60_000; Date.now() < until && (await shown(tab)).length < 200; ) {
      await tab.mouse.wheel(0, 4000)
      await tab.waitForTimeout(50)
    }
    assert.strictEqual(new Set(await shown(tab)).size, 200)
    assert.deepStrictEqual(errors, [])
  })

  it("shows each user only their own tasks, also in the same browser", async () => {
    const ada = await newPerson(page, "Ada")
    await add(ada.tab, "Ada's own")
    const bob = await newPerson(page, "Bob")
    assert.deepStrictEqual(await shown(bob.tab), [])
    await add(bob.tab, "Bob's own")
    await ada.tab.reload()
    await shows(ada.tab, "Ada's own")

    // The same browser, another user.
    await ada.tab.getByRole("button", { name: "Sign out" }).click()
    await ada.tab.getByRole("heading", { name: "Sign in" }).waitFor()
    assert.strictEqual(await ada.tab.getByText("Your session has ended.").count(), 0)
    // A slow response shows what the page displays before it arrives.
    await ada.context.route(`${inject("tasks")}/api/tasks?**`, async (route) => {
      await sleep(500)
      await route.continue()
    })
    await signIn(ada.tab, bob.email)
    await ada.tab.getByRole("heading", { name: "All tasks" }).waitFor()
    assert.notInclude(await shown(ada.tab), "Ada's own")
    await shows(ada.tab, "Bob's own")
    await ada.tab.getByRole("button", { name: "Sign out" }).click()
    await signIn(ada.tab, ada.email)
    await shows(ada.tab, "Ada's own")
    assert.deepStrictEqual([...ada.errors, ...bob.errors], [])
  })
})
