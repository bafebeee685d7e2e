// What the page remembers on this device. A browser may refuse to store anything, and may be full: then the page works
// without its memory.

export const readText = (name: string): string | null => {
  try {
    return localStorage.getItem(name)
  } catch {
    return null
  }
}

export const writeText = (name: string, text: string | undefined) => {
  try {
    if (text === undefined) localStorage.removeItem(name)
    else localStorage.setItem(name, text)
  } catch {
    // Nothing can be done.
  }
}
