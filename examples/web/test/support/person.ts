import AxeBuilder from "@axe-core/playwright"
import { type Browser, type BrowserContext, chromium, type Page, type Request } from "playwright-core"
import { afterAll, assert, beforeAll, inject } from "vitest"

const flags = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]

let browser: Browser

/** One browser for the tests of a file; each user has a browser context. */
export const withBrowser = () => {
  beforeAll(async () => {
    // Chromium has no sandbox when root runs it, as CI does.
    const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : []
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [...flags, ...sandbox]
    })
  })
  afterAll(() => browser.close())
}

// The browser logs each error response, also those that the page handles.
const isErrorResponse = (text: string) => text.startsWith("Failed to load resource")

const pendingRequests = new WeakMap<Page, Set<Request>>()

/** Waits until no request is running: the service has every change then. */
export const settled = async (tab: Page) => {
  for (let quiet = 0; quiet < 3; quiet++) {
    if (pendingRequests.get(tab)?.size) quiet = -1
    await tab.waitForTimeout(50)
  }
}

/** A tab that records errors and warnings of the page. */
export const openTab = async (context: BrowserContext, url: string) => {
  const tab = await context.newPage()
  tab.setDefaultTimeout(20_000)
  const errors: Array<string> = []
  tab.on("pageerror", (error) => errors.push(error.message))
  tab.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !isErrorResponse(message.text())) errors.push(message.text())
  })
  const requests = new Set<Request>()
  pendingRequests.set(tab, requests)
  // The event stream is open as long as the page.
  tab.on("request", (request) => request.url().endsWith("/api/events") || requests.add(request))
  tab.on("requestfinished", (request) => requests.delete(request))
  tab.on("requestfailed", (request) => requests.delete(request))
  await tab.goto(url)
  return { tab, errors }
}

export const newContext = (options: Parameters<Browser["newContext"]>[0] = {}) =>
  browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 800 }, reducedMotion: "reduce", ...options })

let count = 0

/** A new user, signed up, with an empty list. */
export const newPerson = async (url: string, name = "Ada", context?: BrowserContext) => {
  const own = context ?? (await newContext())
  const { errors, tab } = await openTab(own, url)
  const email = `${name.toLowerCase()}-${process.pid}-${count++}@example.com`
  await tab.getByRole("button", { name: "Create one" }).click()
  await tab.getByLabel("Name").fill(name)
  await tab.getByLabel("Email").fill(email)
  await tab.getByLabel("Password").fill("correct horse battery")
  await tab.getByRole("button", { name: "Create account" }).click()
  await tab.getByText("No tasks yet").waitFor()
  return { context: own, tab, errors, email }
}

export const signIn = async (tab: Page, email: string) => {
  await tab.getByLabel("Email").fill(email)
  await tab.getByLabel("Password").fill("correct horse battery")
  await tab.getByRole("button", { name: "Sign in" }).click()
}

const titles = (tab: Page) =>
  tab.getByRole("list", { name: "Tasks", exact: true }).getByRole("button", { name: /^Edit / })

/** Sends a request as the user of a browser context, as another device does. */
export const sendAs = async (context: BrowserContext, method: string, path: string, data?: object) => {
  const { token } = await (await context.request.get(`${inject("page")}/api/auth/token`)).json()
  const headers = { authorization: `Bearer ${token}` }
  const response = await context.request.fetch(`${inject("tasks")}${path}`, { method, headers, ...(data && { data }) })
  assert.isBelow(response.status(), 300)
  return response.json()
}

/** The shown titles, from top to bottom. */
export const shown = (tab: Page) => titles(tab).allTextContents()

/** Waits until the list shows exactly these titles. */
export const shows = async (tab: Page, ...expected: ReadonlyArray<string>) => {
  const until = Date.now() + 20_000
  while (Date.now() < until && JSON.stringify(await shown(tab)) !== JSON.stringify(expected))
    await tab.waitForTimeout(50)
  assert.deepStrictEqual(await shown(tab), expected)
}

export const row = (tab: Page, title: string) =>
  tab.locator('li[id^="task-"]').filter({ has: tab.getByRole("button", { name: `Edit ${title}`, exact: true }) })

export const add = async (tab: Page, ...all: ReadonlyArray<string>) => {
  for (const title of all) {
    await tab.getByLabel("New task", { exact: true }).fill(title)
    await tab.keyboard.press("Enter")
    await row(tab, title).waitFor()
  }
  await settled(tab)
}

export const addSubtask = async (tab: Page, parent: string, title: string) => {
  await row(tab, parent).focus()
  await tab.keyboard.press("s")
  await tab.getByLabel(`New subtask of ${parent}`).fill(title)
  await tab.keyboard.press("Enter")
  await row(tab, title).waitFor()
  await settled(tab)
}

export const openEditor = async (tab: Page, title: string) => {
  await tab.getByRole("button", { name: `Edit ${title}`, exact: true }).click()
  return tab.getByRole("form", { name: `Edit ${title}` })
}

/** The violations that axe finds. Dark mode differs only in colors. */
export const violations = async (tab: Page) => {
  // There are no frames to analyze.
  const axe = () => new AxeBuilder({ page: tab }).setLegacyMode()
  await tab.emulateMedia({ colorScheme: "light" })
  const light = await axe().analyze()
  await tab.emulateMedia({ colorScheme: "dark" })
  const dark = await axe().withRules(["color-contrast"]).analyze()
  await tab.emulateMedia({ colorScheme: "light" })
  return [...light.violations, ...dark.violations].map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ any, html }) => `${html} ${any[0]?.message}`).join(" | ")}`
  )
}
