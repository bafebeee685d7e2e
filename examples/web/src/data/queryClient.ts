import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query"
import { isPassing, isSignedOut, patience } from "./faults.ts"
import { hear } from "./service.ts"

const heard = {
  onSuccess: () => hear(undefined),
  onError: (error: Error) => {
    if (isPassing(error) || isSignedOut(error)) hear(error)
  }
}

/** What is known of one person's tasks: whoever comes next gets another one. */
export const makeQueryClient = () =>
  new QueryClient({
    queryCache: new QueryCache(heard),
    mutationCache: new MutationCache(heard),
    defaultOptions: {
      queries: {
        // The client of the service sends again what may be sent again. A browser does not know whether it is online.
        retry: false,
        networkMode: "always",
        staleTime: 10_000,
        refetchInterval: ({ state: { error } }) => (isPassing(error) ? patience(error) : false)
      },
      mutations: { retry: false, networkMode: "always" }
    }
  })
