import { QueryClientProvider } from "@tanstack/react-query"
import { useEffect, useState } from "react"
import { isSignedOut } from "./data/faults.ts"
import { makeQueryClient } from "./data/queryClient.ts"
import { hear, useServiceFault } from "./data/service.ts"
import { Message } from "./parts/Message.tsx"
import { authClient } from "./session/authClient.ts"
import { SignIn } from "./session/SignIn.tsx"
import { forgetToken } from "./session/tokens.ts"
import type { Edited } from "./tasks/Edited.ts"
import { Workspace } from "./Workspace.tsx"

/** What belongs to one person, and outlives their session: they may be back in a moment. */
interface Desk {
  readonly owner: string | undefined
  readonly queries: ReturnType<typeof makeQueryClient>
  readonly edited: Edited | undefined
}

const deskOf = (owner?: string): Desk => ({ owner, queries: makeQueryClient(), edited: undefined })

/** Who is signed in decides what there is to see. The address stays, so that one comes back to where one was. */
export const App = () => {
  const { data, error, isPending, refetch } = authClient.useSession()
  const fault = useServiceFault()
  const [desk, setDesk] = useState(() => deskOf())
  const [hasLeft, setLeft] = useState(false)
  const user = data?.user

  // Whoever comes next must not find what was another's, not even for the time of one drawing.
  if (user !== undefined && user.id !== desk.owner) {
    forgetToken()
    setDesk(deskOf(user.id))
  }

  useEffect(() => {
    if (isSignedOut(fault)) void refetch()
  }, [fault, refetch])

  const onSignedIn = async () => {
    forgetToken()
    hear(undefined)
    setLeft(false)
    await refetch()
    await desk.queries.invalidateQueries()
  }

  const onSignOut = async () => {
    const { error } = await authClient.signOut()
    if (error !== null) throw new Error("The sign-in server does not answer: you are still signed in.")
    setLeft(true)
    history.replaceState(null, "", "/")
    await refetch()
    forgetToken()
    setDesk(deskOf())
  }

  if (user !== undefined) {
    return (
      <QueryClientProvider client={desk.queries}>
        <Workspace
          key={user.id}
          user={user}
          edited={desk.edited}
          onEdit={(edited) => setDesk((last) => ({ ...last, edited }))}
          onSignOut={onSignOut}
        />
      </QueryClientProvider>
    )
  }
  if (isPending) return null
  if (error !== null && error.status !== 401) {
    return (
      <Message title="Sign-in cannot be reached" action={{ label: "Try again", run: () => void refetch() }}>
        The server that knows the accounts does not answer. Nothing is lost.
      </Message>
    )
  }
  return <SignIn hasEnded={desk.owner !== undefined && !hasLeft} onSignedIn={onSignedIn} />
}
