import { execFileSync } from "node:child_process"
import { mkdirSync, readdirSync, readFileSync } from "node:fs"
import type { Profiler } from "node:inspector"
import { join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import { mergeScriptCovs } from "@bcoe/v8-coverage"
import { V8CoverageProvider } from "@vitest/coverage-v8/dist/provider.js"
import astV8ToIstanbul from "ast-v8-to-istanbul"
import { parseAstAsync, type ReportContext, type Vitest } from "vitest/node"

// Vitest's own `autoAttachSubprocess` measures processes that run the sources. Those start several times as slowly as
// the bundle that the tests use, and V8 then writes a report on every module of every dependency.

/**
 * Vitest's V8 coverage, and what the processes that the tests start have run: they run the bundle, and its source map
 * leads back to `src`.
 */
export class CoverageProvider extends V8CoverageProvider {
  override initialize(vitest: Vitest) {
    super.initialize(vitest)
    const { reportsDirectory } = this.options
    process.env.COVERAGE_BUNDLE = join(reportsDirectory, "bundle")
    process.env.COVERAGE_PROCESSES = join(reportsDirectory, "processes")
  }

  // It empties the folder of reports.
  override async clean(clean?: boolean) {
    await super.clean(clean)
    const { COVERAGE_BUNDLE = "", COVERAGE_PROCESSES = "" } = process.env
    execFileSync(process.execPath, ["build.ts", COVERAGE_BUNDLE, "--source-maps"])
    mkdirSync(COVERAGE_PROCESSES)
  }

  override async generateCoverage(context: ReportContext) {
    const coverage = await super.generateCoverage(context)
    const ofProcesses = await this.#ofProcesses()
    // Files that no test imports are here as wholly uncovered, by statements as Vite places them. The source map of the
    // bundle places some elsewhere, so the two are not added up.
    coverage.filter((file) => !(file in ofProcesses) || coverage.fileCoverageFor(file).toSummary().lines.covered > 0)
    coverage.merge(ofProcesses)
    coverage.filter((file) => this.isIncluded(file))
    return coverage
  }

  async #ofProcesses() {
    const { COVERAGE_BUNDLE = "", COVERAGE_PROCESSES = "" } = process.env
    const prefix = pathToFileURL(`${COVERAGE_BUNDLE}/`).href
    const scripts = new Map<string, Profiler.ScriptCoverage>()
    for (const name of readdirSync(COVERAGE_PROCESSES)) {
      const report = JSON.parse(
        readFileSync(join(COVERAGE_PROCESSES, name), "utf8")
      ) as Profiler.TakePreciseCoverageReturnType
      for (const script of report.result.filter(({ url }) => url.startsWith(prefix))) {
        const before = scripts.get(script.url)
        scripts.set(script.url, mergeScriptCovs(before === undefined ? [script] : [before, script]))
      }
    }
    const coverage = this.createCoverageMap()
    for (const script of scripts.values()) {
      const file = fileURLToPath(script.url)
      const code = readFileSync(file, "utf8")
      const sourceMap = JSON.parse(readFileSync(`${file}.map`, "utf8"))
      coverage.merge(await astV8ToIstanbul({ code, sourceMap, ast: parseAstAsync(code), coverage: script }))
    }
    coverage.filter((file) => this.isIncluded(file))
    return coverage.data
  }
}
