import { generateKeyBetween } from "fractional-indexing"

// The database stores at most 1,000 characters, and moves beside a key make longer ones.
const maxLength = 900

/** Whether a task with this position can be moved, and others beside it. */
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

/** The position at the end of the list that the database gives to a task which is created at this time. */
export const positionAt = (microseconds: number) => `n${microseconds.toString(16).padStart(14, "0")}`
