import { createAuthClient } from "better-auth/client"
import { jwtClient } from "better-auth/client/plugins"

const authClient = createAuthClient({ baseURL, plugins: [jwtClient()] })
// Without a session, data is null.
const { data } = await authClient.token()
const response = await fetch(`${api}/api/tasks`, { headers: { authorization: `Bearer ${data?.token}` } })

export { response }
