import { jwtClient } from "better-auth/client/plugins"
import { createAuthClient } from "better-auth/react"

/** Better Auth, which the development server proxies at the page's own origin. */
export const authClient = createAuthClient({ baseURL: window.location.origin, plugins: [jwtClient()] })
