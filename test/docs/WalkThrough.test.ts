import { spawn } from "node:child_process"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { assert, describe, it } from "@effect/vitest"
import { Effect } from "effect"
import { pageOf } from "../support/Markdown.ts"
import * as Process from "../support/Process.ts"
import * as TestDatabase from "../support/TestDatabase.ts"

const walkThrough = /<!-- walk-through -->(.*)<!-- end of walk-through -->/s
const step = /```sh\n(.*?)```\n\n```(\w+)\n(.*?)```/gs

interface Step {
  readonly commands: string
  readonly language: string
  readonly output: string
}

/** The commands of a page's walk-through, each with the output that the page shows. */
const stepsOf = (text: string): ReadonlyArray<Step> =>
  Array.from((walkThrough.exec(text)?.[1] ?? "").matchAll(step), ([, commands = "", language = "", output = ""]) => ({
    commands,
    language,
    output
  }))

/** Replaces what differs between runs: ids, times and what contains them. */
const normalize = (text: string) =>
  text
    .replaceAll("\r", "")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[47][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) =>
      id.startsWith("019c2f7e") ? id : "<id>"
    )
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "<time>")
    .replaceAll(/"position":"\w+"/g, '"position":"<position>"')
    .replaceAll(/(cursor(?:=|":"))[\w-]+/g, "$1<cursor>")
    .trim()

/** Runs a script in one shell: later commands use variables of earlier ones. Returns what it prints. */
const shell = (script: string, environment: Process.Environment) =>
  Effect.promise(
    () =>
      new Promise<string>((resolve) => {
        const bash = spawn("bash", ["-e"], { cwd: Process.root, env: { ...process.env, ...environment } })
        let output = ""
        bash.stdout.setEncoding("utf8").on("data", (text: string) => (output += text))
        bash.stderr.setEncoding("utf8").on("data", (text: string) => (output += text))
        bash.once("close", () => resolve(output))
        bash.stdin.end(script)
      })
  )

/** `UPDATE_DOCS=1 npm test -- WalkThrough` writes the output of this run into the pages. */
const update = (file: string, outputs: ReadonlyArray<string>) => {
  let n = 0
  const updated = pageOf(file).text.replace(walkThrough, (section) =>
    section.replaceAll(
      step,
      (_, commands, language) => `\`\`\`sh\n${commands}\`\`\`\n\n\`\`\`${language}\n${outputs[n++]?.trim()}\n\`\`\``
    )
  )
  writeFileSync(join(Process.root, file), updated)
}

describe("Walk-through", () => {
  // README.md starts the sources, with `npm start`.
  it.live.each([
    ["README.md", Process.sources, 8],
    ["docs/api.md", undefined, 4],
    ["docs/sync.md", undefined, 2]
  ] as const)(
    "prints what %s shows",
    ([file, program, least]) =>
      Effect.gen(function* () {
        const steps = stepsOf(pageOf(file).text)
        assert.isAtLeast(steps.length, least)
        const limits = { RATE_LIMIT: "", RATE_LIMIT_ADDRESS: "" }
        // README.md begins with an empty directory, as its reader does, and starts the sources for each token.
        const database = program === undefined ? TestDatabase.makeEmbedded : TestDatabase.directory
        const { command } = yield* Process.built
        const token = program === undefined ? [...command, "token"].join(" ") : "npm run -s token --"
        const environment = { DATA_DIR: yield* database, ...limits }
        const service = yield* Process.serve(environment, program)
        const script = steps.map(({ commands }, n) => `echo '<step ${n}>'\n${commands}\necho\n`).join("")
        const output = yield* shell(
          script.replaceAll("http://127.0.0.1:8000", service.url).replaceAll("npm run -s token --", token),
          environment
        )
        const outputs = output.split(/<step \d+>\n/).slice(1)
        if (process.env.UPDATE_DOCS !== undefined) return update(file, outputs)
        assert.deepStrictEqual(
          steps.map(({ commands }, n) => [commands, normalize(outputs[n] ?? "")]),
          steps.map(({ commands, output }) => [commands, normalize(output)])
        )
      }).pipe(Effect.scoped),
    Process.timeout
  )
})
