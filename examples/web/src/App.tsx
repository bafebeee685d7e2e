import { useEffect, useRef, useState } from "react"
import { isSignedOut } from "./data/faults.ts"
import { queryClient } from "./data/queryClient.ts"
import { hear, useServiceFault } from "./data/service.ts"
import { Message } from "./parts/Message.tsx"
import { authClient } from "./session/authClient.ts"
import { SignIn } from "./session/SignIn.tsx"
import { forgetToken } from "./session/tokens.ts"
import type { Edited } from "./tasks/Edited.ts"
import { Workspace } from "./Workspace.tsx"

/** Who is signed in decides what there is to see. The address stays, so that one comes back to where one was. */
export const App = () => {
  const { data, error, isPending, refetch } = authClient.useSession()
  const fault = useServiceFault()
  const lastUser = useRef<string>(undefined)
  const [edited, setEdited] = useState<Edited>()
  const user = data?.user

  const forgetAll = () => {
    queryClient.clear()
    forgetToken()
    setEdited(undefined)
  }

  // Whoever comes next must not find what was another's.
  if (user !== undefined && user.id !== lastUser.current) {
    if (lastUser.current !== undefined) forgetAll()
    lastUser.current = user.id
  }

  useEffect(() => {
    if (isSignedOut(fault)) void refetch()
  }, [fault, refetch])

  const onSignedIn = async () => {
    forgetToken()
    hear(undefined)
    await refetch()
    await queryClient.invalidateQueries()
  }

  const onSignOut = async () => {
    await authClient.signOut()
    lastUser.current = undefined
    forgetAll()
    history.replaceState(null, "", "/")
  }

  if (user !== undefined) return <Workspace user={user} edited={edited} onEdit={setEdited} onSignOut={onSignOut} />
  if (isPending) return null
  if (error !== null && error.status !== 401) {
    return (
      <Message title="Sign-in cannot be reached" action={{ label: "Try again", run: () => void refetch() }}>
        The server that knows the accounts does not answer. Nothing is lost.
      </Message>
    )
  }
  return <SignIn hasEnded={lastUser.current !== undefined} onSignedIn={onSignedIn} />
}
