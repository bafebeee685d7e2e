// Text that a user typed and did not save. It survives a reload, another page and a sign-out.
import { readText, writeText } from "./deviceStorage.ts"

const nameOf = (user: string, key: string) => `draft ${user} ${key}`

export const readDraft = <Draft>(user: string, key: string): Draft | undefined => {
  try {
    return JSON.parse(readText(nameOf(user, key)) ?? "") as Draft
  } catch {
    // There is none, or the browser has damaged it.
    return undefined
  }
}

export const writeDraft = (user: string, key: string, draft: unknown) =>
  writeText(nameOf(user, key), JSON.stringify(draft))
