import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query"
import { indexedDbStorage } from "effect-tasks/offline"
import { connectOutbox, makeOutbox, type Outbox } from "effect-tasks/react"
import { createContext, type ReactNode, useContext, useEffect, useState } from "react"
import { client } from "./client.ts"
import { isSignedOut, isTemporary, retryInterval } from "./errors.ts"
import { reportNotStored, reportStatus } from "./serviceStatus.ts"

/** The error of a write that waits to be sent again. */
const waitingError = (outbox: Outbox) => outbox.entries().find(({ status }) => status === "waiting")?.error

const makeQueryClient = (outbox: Outbox) =>
  new QueryClient({
    queryCache: new QueryCache({
      // Queries are fetched again whenever something changes. They may work while a write does not.
      onSuccess: () => {
        if (waitingError(outbox) === undefined) reportStatus(undefined)
      },
      onError: (error) => {
        if (isTemporary(error) || isSignedOut(error)) reportStatus(error)
      }
    }),
    defaultOptions: {
      queries: {
        // The task client repeats requests itself. A browser does not know whether the service can be reached.
        retry: false,
        networkMode: "always",
        staleTime: 10_000,
        refetchInterval: ({ state: { error } }) => (isTemporary(error) ? retryInterval(error) : false)
      },
      mutations: { retry: false, networkMode: "always" }
    }
  })

const Context = createContext<Outbox | undefined>(undefined)

/** The unconfirmed writes of the signed-in user. */
export const useAccountOutbox = (): Outbox => {
  const outbox = useContext(Context)
  if (outbox === undefined) throw new Error("There is no AccountProvider")
  return outbox
}

interface Account {
  readonly outbox: Outbox
  readonly queries: QueryClient
}

/** The data of one user: cached queries, and writes that survive a reload. */
export const AccountProvider = ({ children, user }: { readonly children: ReactNode; readonly user: string }) => {
  const [account, setAccount] = useState<Account>()
  useEffect(() => {
    const outbox = makeOutbox({ client, storage: indexedDbStorage(user), onStorageError: reportNotStored })
    const queries = makeQueryClient(outbox)
    const disconnect = connectOutbox(outbox, queries)
    // The list shows confirmed writes from its cache, so a write that fails for a while shows in the status, too.
    const unsubscribe = outbox.subscribe(() => {
      const error = waitingError(outbox)
      if (isTemporary(error) || isSignedOut(error)) reportStatus(error)
    })
    const stop = outbox.onResult(() => reportStatus(undefined))
    setAccount({ outbox, queries })
    return () => {
      stop()
      unsubscribe()
      disconnect()
      outbox.close()
      queries.clear()
    }
  }, [user])
  return (
    account && (
      <QueryClientProvider client={account.queries}>
        <Context value={account.outbox}>{children}</Context>
      </QueryClientProvider>
    )
  )
}
