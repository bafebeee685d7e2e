// The package has no types.
declare module "@bcoe/v8-coverage" {
  import type { Profiler } from "node:inspector"
  export const mergeScriptCovs: (scripts: ReadonlyArray<Profiler.ScriptCoverage>) => Profiler.ScriptCoverage
}
