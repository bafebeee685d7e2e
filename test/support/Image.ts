import { execFile } from "node:child_process"
import { readFileSync } from "node:fs"
import * as fs from "node:fs/promises"
import { dirname, join } from "node:path"
import { promisify } from "node:util"
import { Effect } from "effect"
import { root } from "./Process.ts"
import * as TestDatabase from "./TestDatabase.ts"

/** Instructions of a Dockerfile, in order. It has no line breaks inside of one. */
const instructions = readFileSync(join(root, "Dockerfile"), "utf8")
  .split("\n")
  .flatMap((line) => {
    const [, instruction, words] = /^([A-Z]+) (.*)$/.exec(line) ?? []
    return instruction === undefined || words === undefined ? [] : [{ instruction, words }]
  })

const last = instructions.findLastIndex(({ instruction }) => instruction === "FROM")
const stages = { build: instructions.slice(0, last), final: instructions.slice(last) }

const all = (stage: keyof typeof stages, instruction: string) =>
  stages[stage].filter((line) => line.instruction === instruction).map(({ words }) => words)

const command = (words: string): ReadonlyArray<string> => JSON.parse(words)

/** The settings of the final stage, read from the Dockerfile so that they cannot differ from it. */
export const image = {
  from: instructions.filter(({ instruction }) => instruction === "FROM").map(({ words }) => words),
  user: all("final", "USER").at(-1),
  stopSignal: all("final", "STOPSIGNAL").at(-1),
  environment: Object.fromEntries(
    all("final", "ENV").flatMap((words) => words.split(" ").map((entry) => entry.split("=", 2)))
  ) as Readonly<Record<string, string>>,
  entrypoint: all("final", "ENTRYPOINT").flatMap(command),
  command: all("final", "CMD").flatMap(command),
  healthcheck: all("final", "HEALTHCHECK").flatMap((words) => command(words.replace(/^.*? CMD /, "")))
}

const copy = async (words: string, from: string, to: string) => {
  const sources = words.split(" ").filter((word) => !word.startsWith("--"))
  const target = join(to, sources.pop() ?? "")
  for (const source of sources) {
    await fs.cp(join(from, source), words.endsWith("/") ? join(target, source) : target, { recursive: true })
  }
}

/**
 * The image's file system, as far as it is ours: the build stage made from nothing but the files that it
 * copies, and the final stage's folder, which is read-only. Removed with the scope.
 */
export const writeImageFiles = Effect.gen(function* () {
  const directory = yield* TestDatabase.directory
  const [build, app] = [join(directory, "build"), join(directory, "app")]
  yield* Effect.acquireRelease(
    Effect.promise(async () => {
      await fs.mkdir(build)
      await fs.mkdir(app)
      for (const words of all("build", "COPY")) await copy(words, root, build)
      await fs.symlink(join(root, "node_modules"), join(build, "node_modules"))
      await promisify(execFile)(process.execPath, [all("build", "RUN").at(-1)?.split(" ")[1] ?? ""], { cwd: build })
      for (const words of all("final", "COPY")) await copy(words.replaceAll("/build/", ""), build, app)
      const PATH = `${dirname(process.execPath)}:${process.env.PATH}`
      await promisify(execFile)("sh", ["-c", all("final", "RUN").at(-1) ?? ""], { cwd: app, env: { PATH } })
      await promisify(execFile)("chmod", ["a+rx", directory])
      await promisify(execFile)("chmod", ["-R", "a=rX", app])
    }),
    () => Effect.promise(() => promisify(execFile)("chmod", ["-R", "u+w", app]))
  )
  return app
})
