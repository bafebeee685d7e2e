import { spawn } from "node:child_process"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { assert, it } from "@effect/vitest"
import { Effect } from "effect"
import * as Process from "./support/Process.ts"
import * as TestDatabase from "./support/TestDatabase.ts"

const readme = readFileSync(join(Process.root, "README.md"), "utf8")
const walk = /<!-- walk-through -->(.*)<!-- end of walk-through -->/s.exec(readme)?.[1] ?? ""

/** Each block of commands with what the README says it prints. */
const steps = Array.from(walk.matchAll(/```sh\n(.*?)```\n\n```\w+\n(.*?)```/gs), ([, commands = "", prints = ""]) => ({
  commands,
  prints
}))

/** What is different every time: ids, times and what is made of them. */
const normal = (text: string) =>
  text
    .replaceAll("\r", "")
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g, (id) =>
      id.startsWith("019c2f7e") ? id : "an id"
    )
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g, "a time")
    .replaceAll(/"position":"\w+"/g, '"position":"a place"')
    .replaceAll(/cursor=[\w-]+/g, "cursor")
    .replaceAll(/^Date: .*$/gm, "a date")
    .replaceAll(/;r=\d+;t=\d+/g, ";r=some;t=some")
    .trim()

/** One shell for all steps, as a reader has one: later commands use what earlier ones set. */
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

it.live(
  "the walk-through prints what the README says, and what it was told is kept survives SIGKILL",
  () =>
    Effect.gen(function* () {
      assert.isAtLeast(steps.length, 8)
      const limits = { RATE_LIMIT: "", RATE_LIMIT_ADDRESS: "" }
      const environment = { DATA_DIR: yield* TestDatabase.directory, ...limits }
      // From the sources, as `npm start` does it.
      const service = yield* Process.serve(environment, Process.sources)
      const script = steps.map(({ commands }, n) => `echo '<step ${n}>'\n${commands}\necho\n`).join("")
      const output = yield* shell(script.replaceAll("http://127.0.0.1:8000", service.url), environment)
      const printed = output.split(/<step \d+>\n/).slice(1)
      assert.deepStrictEqual(
        steps.map(({ commands }, n) => [commands, normal(printed[n] ?? "")]),
        steps.map(({ commands, prints }) => [commands, normal(prints)])
      )

      yield* service.kill("SIGKILL")
      yield* service.exit
      const again = yield* Process.serve(environment)
      const list = `curl -s ${again.url}/api/tasks -H "Authorization: Bearer $(npm run -s token -- --sub ada)"`
      const tasks: ReadonlyArray<{ title: string }> = JSON.parse(yield* shell(list, environment))
      assert.deepStrictEqual(
        tasks.map(({ title }) => title),
        ["Buy eggs", "Buy butter", "Buy bread"]
      )
    }).pipe(Effect.scoped),
  Process.timeout
)
