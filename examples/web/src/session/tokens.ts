import { NetworkError } from "effect-tasks/client"
import { authClient } from "./authClient.ts"

let current: Promise<string | null> | undefined
let known: string | null = null

const fetchToken = async () => {
  const { data, error } = await authClient.token()
  if (data !== null) return data.token
  // Whoever is not signed in has no token. Anything else is a fault of the way there, and may pass.
  if (error.status === 401) return null
  throw new NetworkError("The sign-in server does not answer", { status: error.status })
}

/** The token of whoever is signed in, fetched once and again when it has expired. Requests that wait for it share it. */
export const token = (expired?: string): Promise<string | null> => {
  if (current === undefined || (expired !== undefined && expired === known)) {
    known = null
    current = fetchToken()
    current.then(
      (text) => {
        known = text
        // Nobody is signed in: the next request may find somebody.
        if (text === null) current = undefined
      },
      () => {
        current = undefined
      }
    )
  }
  return current
}

export const forgetToken = () => {
  current = undefined
  known = null
}
