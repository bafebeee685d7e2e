// Text that a user typed and did not save. It survives a reload, another page and a sign-out.

const nameOf = (user: string, key: string) => `draft ${user} ${key}`

export const readDraft = <Draft>(user: string, key: string): Draft | undefined => {
  const text = localStorage.getItem(nameOf(user, key))
  return text === null ? undefined : JSON.parse(text)
}

export const writeDraft = (user: string, key: string, draft: unknown) => {
  if (draft === undefined) localStorage.removeItem(nameOf(user, key))
  else localStorage.setItem(nameOf(user, key), JSON.stringify(draft))
}
