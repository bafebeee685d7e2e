/** The same numbers from the same seed (mulberry32), so that a failure can be repeated. */
export const randomOf = (seed: number) => {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
  const below = (n: number) => Math.floor(next() * n)
  const one = <A>(values: ReadonlyArray<A>) => values[below(values.length)] as A
  const some = <A>(values: ReadonlyArray<A>, share = 0.5) => values.filter(() => next() < share)
  const hex = (digits: number) => Array.from({ length: digits }, () => below(16).toString(16)).join("")
  const uuid = () => `${hex(8)}-${hex(4)}-7${hex(3)}-8${hex(3)}-${hex(12)}`
  return { next, below, one, some, uuid }
}
export type Random = ReturnType<typeof randomOf>
