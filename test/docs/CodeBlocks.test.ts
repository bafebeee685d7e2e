import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { type CodeBlock, type Page, pages } from "../support/Markdown.ts"
import { root } from "../support/Process.ts"

const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"))
const commands = Array.from(
  readFileSync(join(root, "src/cli/Tasks.ts"), "utf8").matchAll(/from "\.\/(\w+)\.ts"/g),
  ([, name = ""]) => name.toLowerCase()
)
const testFiles = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => `test/${file.replaceAll("\\", "/")}`)

/** What is wrong with a command of npm. */
const npmErrors = (command: string): ReadonlyArray<string> => {
  const [, verb = "", ...words] = command.split(" ").filter((word) => word !== "-s")
  if (verb === "run") return words[0] !== undefined && words[0] in scripts ? [] : [`there is no script ${words[0]}`]
  if (verb === "test") {
    return words
      .filter((word) => word !== "--" && !testFiles.some((file) => file.toLowerCase().includes(word.toLowerCase())))
      .map((word) => `no test file matches ${word}`)
  }
  return ["ci", "start", "install", "pack"].includes(verb) ? [] : [`unknown command npm ${verb}`]
}

/** Programs that are not part of the project, and the test that runs these commands. */
const otherPrograms: Readonly<Record<string, string>> = {
  createdb: "test/docs/Deployment.slow.test.ts",
  export: "test/docs/Deployment.slow.test.ts",
  psql: "test/docs/Deployment.slow.test.ts",
  pg_dump: "test/docs/Backup.test.ts",
  pg_restore: "test/docs/Backup.test.ts"
}

const shellErrors = (script: string): ReadonlyArray<string> =>
  script
    .replaceAll("\\\n", " ")
    .replaceAll(/ +#.*$/gm, "")
    .split(/\n|&&/)
    // Variables that are set for one command.
    .map((command) => command.trim().replace(/^(\w+=("[^"]*"|\$\([^)]*\)|\S+) )+/, ""))
    .filter((command) => command !== "")
    .flatMap((command) => {
      const [program = "", first = ""] = command.split(" ")
      if (program === "npm") return npmErrors(command)
      if (program === "tasks") return commands.includes(first) ? [] : [`there is no command tasks ${first}`]
      const test = otherPrograms[program]
      return test !== undefined && testFiles.includes(test) ? [] : [`no test runs ${program}`]
    })

const isJson = (text: string) => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

// An object, or one on each line.
const jsonErrors = (text: string) => (isJson(text) || text.trim().split("\n").every(isJson) ? [] : ["this is not JSON"])

const samples = readdirSync(join(import.meta.dirname, "samples")).map((file) =>
  readFileSync(join(import.meta.dirname, "samples", file), "utf8")
)

const checks: Readonly<Record<string, (text: string) => ReadonlyArray<string>>> = {
  sh: shellErrors,
  json: jsonErrors,
  // `npm run check` compiles the samples.
  ts: (text) => (samples.some((sample) => sample.includes(text)) ? [] : ["no file in test/docs/samples contains this"]),
  // Operations.test.ts runs them.
  sql: () => [],
  // Output, and diagrams.
  http: () => [],
  text: () => [],
  mermaid: () => []
}

/** Pages whose TypeScript another test compiles. */
const compiledElsewhere = ["docs/frontend.md", "docs/sync.md"]

const walkThrough = /<!-- walk-through -->.*<!-- end of walk-through -->/s

const blockErrors = ({ blocks, file, text }: Page) => {
  const start = text.search(walkThrough)
  const isRun = ({ language, line }: CodeBlock) =>
    language === "sh" && start >= 0 && line > text.slice(0, start).split("\n").length
  return blocks
    .filter((block) => !isRun(block) && !(["ts", "tsx"].includes(block.language) && compiledElsewhere.includes(file)))
    .flatMap(({ language, line, text }) =>
      (checks[language] ?? (() => [`unknown language "${language}"`]))(text).map((error) => `${file}:${line}: ${error}`)
    )
}

describe("Code blocks in the documentation", () => {
  it("are run, compiled or parsed by a test, or are output", () => {
    assert.deepStrictEqual(pages.flatMap(blockErrors), [])
  })

  it("name only npm scripts and test files that exist, in tables and text too", () => {
    const errors = pages.flatMap(({ file, text }) =>
      Array.from(text.matchAll(/`(?:[A-Z_]+=\S+ )*(npm (?:test|run) [^`\n]*)`/g), ([, command = ""]) =>
        npmErrors(command).map((error) => `${file}: ${error}`)
      ).flat()
    )
    assert.deepStrictEqual(errors, [])
  })
})
