// Text that a user typed and did not save. It survives a reload, another page and a sign-out.
import { readText, writeText } from "./deviceStorage.ts"

const nameOf = (user: string, key: string) => `draft ${user} ${key}`

export const readDraft = <Draft>(user: string, key: string): Draft | undefined => {
  const text = readText(nameOf(user, key))
  return text === null ? undefined : JSON.parse(text)
}

export const writeDraft = (user: string, key: string, draft: unknown) =>
  writeText(nameOf(user, key), JSON.stringify(draft))
