export type Query = Readonly<Record<string, string | ReadonlyArray<string>>>

const noQuery: Query = {}

/** The parameters of a query, a list where a name occurs several times; `undefined` where it is not UTF-8. */
export const parseQuery = (search: string): Query | undefined => {
  if (search === "") return noQuery
  try {
    // `URLSearchParams` would replace what is not UTF-8.
    if (search.includes("%")) decodeURIComponent(search)
  } catch {
    return undefined
  }
  const query: Record<string, string | Array<string>> = Object.create(null)
  for (const [name, value] of new URLSearchParams(search)) {
    const known = query[name]
    if (known === undefined) query[name] = value
    else if (typeof known === "string") query[name] = [known, value]
    else known.push(value)
  }
  return query
}
