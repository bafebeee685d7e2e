import { jwtClient } from "better-auth/client/plugins"
import { createAuthClient } from "better-auth/react"

/** Better Auth, which the page reaches at its own origin. */
export const authClient = createAuthClient({ baseURL: window.location.origin, plugins: [jwtClient()] })
