import { useEffect, useState } from "react"
import { AccountProvider } from "./data/Account.tsx"
import { isSignedOut } from "./data/errors.ts"
import { reportStatus, useServiceError } from "./data/serviceStatus.ts"
import { Message } from "./parts/Message.tsx"
import { NoticeProvider } from "./parts/Notices.tsx"
import { authClient } from "./session/authClient.ts"
import { SignIn } from "./session/SignIn.tsx"
import { forgetToken } from "./session/tokens.ts"
import { keepFocus } from "./view/focus.ts"
import { Workspace } from "./Workspace.tsx"

/** Shows the workspace of the signed-in user, or the sign-in page. The address stays the same. */
export const App = () => {
  const { data, error, isPending, refetch } = authClient.useSession()
  const serviceError = useServiceError()
  // The last user of this page.
  const [lastUser, setLastUser] = useState<{ readonly id: string; readonly email: string }>()
  const [hasSignedOut, setSignedOut] = useState(false)
  const user = data?.user
  // While the session is fetched again, what the user types on the sign-in page stays.
  const [isSignInShown, setSignInShown] = useState(false)
  const isSignedIn = user !== undefined
  const isKnown = isSignedIn || (!isPending && (error === null || error.status === 401))
  if (isKnown && isSignInShown === isSignedIn) setSignInShown(!isSignedIn)

  // The next user must not send requests with the token of the last one.
  if (user !== undefined && user.id !== lastUser?.id) {
    forgetToken(user.id)
    setLastUser({ id: user.id, email: user.email })
  }

  useEffect(keepFocus, [])
  useEffect(() => {
    if (isSignedOut(serviceError)) void refetch()
  }, [serviceError, refetch])

  const onSignedIn = async () => {
    forgetToken()
    reportStatus(undefined)
    setSignedOut(false)
    await refetch()
  }

  const onSignOut = async () => {
    const { error } = await authClient.signOut()
    if (error !== null) throw new Error("Can't reach the sign-in server: you are still signed in.")
    setSignedOut(true)
    history.replaceState(null, "", "/")
    await refetch()
    forgetToken()
  }

  if (user !== undefined) {
    return (
      <AccountProvider key={user.id} user={user.id}>
        <NoticeProvider>
          <Workspace user={user} onSignOut={onSignOut} />
        </NoticeProvider>
      </AccountProvider>
    )
  }
  if (isSignInShown) {
    return <SignIn endedFor={hasSignedOut ? undefined : lastUser?.email} onSignedIn={onSignedIn} />
  }
  if (error !== null) {
    return (
      <main>
        <h1 className="spoken">Tasks</h1>
        <Message title="Can't reach the sign-in server" action={{ label: "Try again", run: () => void refetch() }}>
          Nothing is lost. Try again in a moment.
        </Message>
      </main>
    )
  }
  return null
}
