const beginning = "<!-- results -->"
const end = "<!-- end of results -->"

/** The page with these results in place of those it had. */
export const placeInto = (page: string, results: string) => {
  const [from, to] = [page.indexOf(beginning), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`The page has no ${beginning} and ${end} to put the results between`)
  const picture = "![Requests a second and processor time per request](../bench/results/latest.svg)"
  return `${page.slice(0, from + beginning.length)}\n\n${picture}\n\n${results}\n\n${page.slice(to)}`
}
