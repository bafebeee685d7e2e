import AxeBuilder from "@axe-core/playwright"
import { type Browser, type BrowserContext, chromium, type Page, type Request } from "playwright-core"
import { afterAll, assert, beforeAll } from "vitest"

const flags = ["--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-sync"]

let browser: Browser

/** One browser for the tests of a file; each person has a context of their own in it. */
export const withBrowser = () => {
  beforeAll(async () => {
    // Chromium has no sandbox for root, as whom CI runs.
    const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : []
    browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: [...flags, ...sandbox]
    })
  })
  afterAll(() => browser.close())
}

// What a browser says by itself of an answer that the page knows how to take.
const isOfAnswer = (text: string) => text.startsWith("Failed to load resource")

const underWay = new WeakMap<Page, Set<Request>>()

/** Waits until nothing is asked any more: what was done is with the service then. */
export const settled = async (tab: Page) => {
  for (let quiet = 0; quiet < 3; quiet++) {
    if (underWay.get(tab)?.size) quiet = -1
    await tab.waitForTimeout(50)
  }
}

/** A tab that remembers what went wrong in it. */
export const openTab = async (context: BrowserContext, url: string) => {
  const tab = await context.newPage()
  tab.setDefaultTimeout(20_000)
  const errors: Array<string> = []
  tab.on("pageerror", (error) => errors.push(error.message))
  tab.on("console", (message) => {
    if (["error", "warning"].includes(message.type()) && !isOfAnswer(message.text())) errors.push(message.text())
  })
  const requests = new Set<Request>()
  underWay.set(tab, requests)
  tab.on("request", (request) => requests.add(request))
  tab.on("requestfinished", (request) => requests.delete(request))
  tab.on("requestfailed", (request) => requests.delete(request))
  await tab.goto(url)
  return { tab, errors }
}

export const newContext = (options: Parameters<Browser["newContext"]>[0] = {}) =>
  browser.newContext({ locale: "en-GB", viewport: { width: 1280, height: 800 }, reducedMotion: "reduce", ...options })

let count = 0

/** Someone new, signed up and in front of their empty list. */
export const newPerson = async (url: string, name = "Ada", context?: BrowserContext) => {
  const own = context ?? (await newContext())
  const { errors, tab } = await openTab(own, url)
  const email = `${name.toLowerCase()}-${process.pid}-${count++}@example.com`
  await tab.getByRole("button", { name: "Create one" }).click()
  await tab.getByLabel("Name").fill(name)
  await tab.getByLabel("Email").fill(email)
  await tab.getByLabel("Password").fill("correct horse battery")
  await tab.getByRole("button", { name: "Create account" }).click()
  await tab.getByText("Nothing to do").waitFor()
  return { context: own, tab, errors, email }
}

export const signIn = async (tab: Page, email: string) => {
  await tab.getByLabel("Email").fill(email)
  await tab.getByLabel("Password").fill("correct horse battery")
  await tab.getByRole("button", { name: "Sign in" }).click()
}

const titles = (tab: Page) =>
  tab.getByRole("list", { name: "Tasks", exact: true }).getByRole("button", { name: /^Edit / })

/** The titles that are shown, from above. */
export const shown = (tab: Page) => titles(tab).allTextContents()

/** Waits until the list is this one. */
export const shows = async (tab: Page, ...expected: ReadonlyArray<string>) => {
  const until = Date.now() + 20_000
  while (Date.now() < until && JSON.stringify(await shown(tab)) !== JSON.stringify(expected))
    await tab.waitForTimeout(50)
  assert.deepStrictEqual(await shown(tab), expected)
}

export const row = (tab: Page, title: string) =>
  tab.getByRole("listitem").filter({ has: tab.getByRole("button", { name: `Edit ${title}`, exact: true }) })

export const add = async (tab: Page, ...all: ReadonlyArray<string>) => {
  for (const title of all) {
    await tab.getByLabel("New task", { exact: true }).fill(title)
    await tab.keyboard.press("Enter")
    await row(tab, title).waitFor()
  }
  await settled(tab)
}

export const openEditor = async (tab: Page, title: string) => {
  await tab.getByRole("button", { name: `Edit ${title}`, exact: true }).click()
  return tab.getByRole("form", { name: `Edit ${title}` })
}

/** What Axe finds wrong with what is shown. In the dark nothing but colours is another. */
export const violations = async (tab: Page) => {
  // Without frames there is no need of a page for each analysis.
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
