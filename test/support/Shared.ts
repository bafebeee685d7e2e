import { access, mkdtemp, rename, rm } from "node:fs/promises"
import { join } from "node:path"
import { inject } from "vitest"
import type {} from "./globalSetup.ts"

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false
  )

const prepare = async (name: string, fill: (folder: string) => Promise<unknown>): Promise<string> => {
  const folder = join(inject("shared"), name)
  if (await exists(folder)) return folder
  const own = await mkdtemp(`${folder}-`)
  await fill(own)
  // Of two workers at once only the first can rename: a folder with files in it is not replaced.
  await rename(own, folder).catch(() => rm(own, { recursive: true, force: true }))
  return folder
}

const prepared = new Map<string, Promise<string>>()

/** A folder that is made at most once per worker, and then shared by every test file of the run. */
export const shared = (name: string, fill: (folder: string) => Promise<unknown>): Promise<string> => {
  const folder = prepared.get(name) ?? prepare(name, fill)
  prepared.set(name, folder)
  return folder
}
