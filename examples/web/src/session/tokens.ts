import { NetworkError } from "effect-tasks/client"
import { authClient } from "./authClient.ts"

let current: Promise<string | null> | undefined
let known: string | null = null
// The user whose tasks the page shows.
let owner: string | undefined

/** The claim `sub` of a JWT. */
const subjectOf = (token: string): unknown => {
  const payload = token.split(".")[1] ?? ""
  return JSON.parse(atob(payload.replaceAll("-", "+").replaceAll("_", "/"))).sub
}

const fetchToken = async () => {
  const { data, error } = await authClient.token()
  // Another window may have signed in another user, to whom the changes that wait here do not belong.
  if (data !== null) return owner === undefined || subjectOf(data.token) === owner ? data.token : null
  // 401: no user is signed in. Other errors are temporary.
  if (error.status === 401) return null
  throw new NetworkError("unreachable", "Can't reach the sign-in server.", { status: error.status })
}

/** The access token. Parallel requests share one fetch; an expired token is fetched again. */
export const token = (expired?: string): Promise<string | null> => {
  if (current === undefined || (expired !== undefined && expired === known)) {
    known = null
    current = fetchToken()
    current.then(
      (text) => {
        known = text
        // The user may sign in before the next request.
        if (text === null) current = undefined
      },
      () => {
        current = undefined
      }
    )
  }
  return current
}

export const forgetToken = (nextOwner?: string) => {
  current = undefined
  known = null
  owner = nextOwner ?? owner
}
