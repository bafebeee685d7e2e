import { execFileSync, spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { availableParallelism, cpus, release, totalmem } from "node:os"

const cores = availableParallelism()

const isPinned = cores > 1 && spawnSync("taskset", ["--version"]).error === undefined

/** Runs a command on the first core, which nothing else uses during a comparison. */
export const onServerCore = (command: ReadonlyArray<string>) =>
  isPinned ? ["taskset", "--cpu-list", "0", ...command] : command

/** Moves this process, and every process that it starts later, to the other cores. */
export const leaveServerCore = () => {
  if (isPinned) execFileSync("taskset", ["--all-tasks", "--pid", "--cpu-list", `1-${cores - 1}`, String(process.pid)])
}

// USER_HZ: the unit of /proc/<pid>/stat on every Linux architecture that Node supports.
const ticksPerSecond = 100

/** Seconds of CPU time that all threads of a process have used. The kernel reports steps of 10 ms. */
export const cpuSeconds = (pid: number) => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
  const [user, system] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
  return (Number(user) + Number(system)) / ticksPerSecond
}

/** Resident memory in megabytes. */
export const residentMemory = (pid: number) =>
  Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024)

/** The day and the machine of a measurement. */
export const describeMachine = () =>
  `${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model}, ${cores} cores, ` +
  `${Math.round(totalmem() / 1024 ** 3)} GB, Linux ${release()}, Node ${process.version}; ` +
  (isPinned ? "the server had a core of its own" : "all processes shared all cores")
