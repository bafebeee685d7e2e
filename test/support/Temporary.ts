import { accessSync, constants, statfsSync } from "node:fs"
import { tmpdir } from "node:os"

/** In memory where Linux has room for it there: each database is hundreds of files, and each server some tens of MB. */
export const temporary = (() => {
  const memory = "/dev/shm"
  try {
    accessSync(memory, constants.W_OK)
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize > 2 ** 31 ? memory : tmpdir()
  } catch {
    return tmpdir()
  }
})()
