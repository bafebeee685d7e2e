import { jwtClient } from "better-auth/client/plugins"
import { createAuthClient } from "better-auth/react"

const unreachable = () =>
  Response.json({ message: "Can't reach the sign-in server. Try again in a moment." }, { status: 503 })

/** Better Auth rejects when the network fails, and takes the page of a sign-in network for a response of its server. */
const send: typeof fetch = async (...request) => {
  try {
    const response = await fetch(...request)
    return response.headers.get("content-type")?.startsWith("text/html") ? unreachable() : response
  } catch {
    return unreachable()
  }
}

/** Better Auth, which the development server proxies at the page's own origin. */
export const authClient = createAuthClient({
  baseURL: window.location.origin,
  fetchOptions: { customFetchImpl: send },
  plugins: [jwtClient()]
})
