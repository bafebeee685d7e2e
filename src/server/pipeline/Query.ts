import { parse } from "node:querystring"

export type Query = Readonly<Record<string, string | ReadonlyArray<string>>>

const noQuery: Query = {}

/** The parameters of a query, a list where a name occurs several times; `undefined` where it is not UTF-8. */
export const parseQuery = (search: string): Query | undefined => {
  if (search === "") return noQuery
  try {
    // `parse` would replace what is not UTF-8.
    if (search.includes("%")) decodeURIComponent(search)
  } catch {
    return undefined
  }
  return parse(search, "&", "=", { maxKeys: 0 }) as Query
}
