import { FindMyWay } from "effect/http"

// A path has one spelling: case matters, and a trailing or a doubled slash makes another path.
const config: Partial<FindMyWay.RouterConfig> = {
  caseSensitive: true,
  ignoreTrailingSlash: false,
  ignoreDuplicateSlashes: false,
  // A parameter of any length is validated as a parameter. The request line is limited to 16 KiB.
  maxParamLength: 16_384
}

export interface Route<A> {
  /** As it was declared: `/api/tasks/:task_id`. */
  readonly path: string
  readonly methods: ReadonlyMap<string, A>
  /** For the header `Allow`. */
  readonly allow: ReadonlyArray<string>
}

export interface Match<A> {
  readonly route: Route<A>
  readonly params: Readonly<Record<string, string | undefined>>
}

interface Entry {
  readonly method: string
  readonly path: string
}

/** Finds the route of a path, whatever the method, so that an unknown path (404) and a wrong method (405) differ. */
export const makeRouter = <A extends Entry>(entries: ReadonlyArray<A>) => {
  const routes = new Map<string, Map<string, A>>()
  for (const entry of entries) {
    const methods = routes.get(entry.path) ?? new Map<string, A>()
    if (methods.has(entry.method)) throw new Error(`two endpoints are declared at ${entry.method} ${entry.path}`)
    methods.set(entry.method, entry)
    // A HEAD request is answered like a GET request, without the body (RFC 9110, section 9.3.2).
    if (entry.method === "GET") methods.set("HEAD", entry)
    routes.set(entry.path, methods)
  }
  const router = FindMyWay.make<Route<A>>(config)
  for (const [path, methods] of routes) {
    router.all(path as FindMyWay.PathInput, { path, methods, allow: [...methods.keys()] })
  }
  return (path: string): Match<A> | undefined => {
    // The router would take what follows ";" or "#" for a query.
    if (path.includes(";") || path.includes("#")) return undefined
    const found = router.find("GET", path)
    // Without its last segment, "/tasks/" is another path than "/tasks/:id".
    if (found === undefined || Object.values(found.params).includes("")) return undefined
    return { route: found.handler, params: found.params }
  }
}
