/**
 * A random UUID (version 4), for ids that a client makes. `crypto.randomUUID` is missing on pages served by plain HTTP.
 */
export const newId = (): string =>
  // 0 becomes any digit; 4 is the version; 8 becomes 8, 9, a or b.
  "00000000-0000-4000-8000-000000000000".replace(/[08]/g, (digit) => {
    const [random = 0] = crypto.getRandomValues(new Uint8Array(1))
    return (digit === "0" ? random & 15 : 8 | (random & 3)).toString(16)
  })
