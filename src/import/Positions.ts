import { generateKeyBetween } from "fractional-indexing"

// The database stores at most 1,000 characters, and moves beside a key make longer ones.
const maxLength = 900

/** Whether tasks can be moved to a place beside this position. */
export const isValidPosition = (position: string) => {
  // The library accepts characters that are not digits of its keys.
  if (!/^[0-9A-Za-z]+$/.test(position) || position.length > maxLength) return false
  try {
    generateKeyBetween(position, null)
    generateKeyBetween(null, position)
    return true
  } catch {
    return false
  }
}

/** The position that the database gives to a task created at this time: the end of the list. */
export const positionAt = (microseconds: number) => `n${microseconds.toString(16).padStart(14, "0")}`
