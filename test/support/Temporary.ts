import { accessSync, constants, statfsSync } from "node:fs"
import { tmpdir } from "node:os"

/** In memory where Linux has room for it there: each embedded database writes a thousand files. */
export const temporary = (() => {
  const memory = "/dev/shm"
  try {
    accessSync(memory, constants.W_OK)
    const { bavail, bsize } = statfsSync(memory)
    return bavail * bsize > 2 ** 30 ? memory : tmpdir()
  } catch {
    return tmpdir()
  }
})()
