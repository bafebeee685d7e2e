import { execFileSync, spawnSync } from "node:child_process"
import { readFileSync } from "node:fs"
import { availableParallelism, cpus, release, totalmem } from "node:os"

const has = (command: string, ...args: ReadonlyArray<string>) => spawnSync(command, args).error === undefined

export const hasWrk = has("wrk", "-v")

const cores = availableParallelism()

/** Whether the server has a core to itself: the database and the load then share the others. */
export const isPinned = cores > 1 && has("taskset", "--version")

/** A command on the server's core. */
export const onServerCore = (command: ReadonlyArray<string>) =>
  isPinned ? ["taskset", "--cpu-list", "0", ...command] : command

/** From now on this process, and whatever it starts, keeps off the server's core. */
export const leaveServerCore = () => {
  if (isPinned) execFileSync("taskset", ["--all-tasks", "--pid", "--cpu-list", `1-${cores - 1}`, String(process.pid)])
}

// USER_HZ: what the kernel counts in when it tells a process's time, whatever it counts in for itself.
const ticksPerSecond = 100

/** Microseconds of processor time that a process has had, in all its threads. */
export const processorTimeOf = (pid: number) => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8")
  const [user, system] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
  return ((Number(user) + Number(system)) / ticksPerSecond) * 1e6
}

/** Resident memory in megabytes. */
export const memoryOf = (pid: number) =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024

export const describe = (postgres: string) => ({
  processor: cpus()[0]?.model ?? "unknown",
  cores,
  memory_gb: Math.round(totalmem() / 1024 ** 3),
  kernel: release(),
  node: process.version,
  postgres,
  load: hasWrk ? "wrk" : "autocannon",
  placed: isPinned
    ? "the server alone on the first core, the database and the load on the rest"
    : "all on all cores: no taskset, or only one core",
  date: new Date().toISOString().slice(0, 10)
})
export type Machine = ReturnType<typeof describe>
