/** Numbers that a seed determines (mulberry32). */
export class Dice {
  private state: number

  constructor(seed: number) {
    this.state = seed
  }

  /** From 0 to 1, without 1. */
  next() {
    this.state = (this.state + 0x6d2b79f5) | 0
    let n = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state)
    n = (n + Math.imul(n ^ (n >>> 7), 61 | n)) ^ n
    return ((n ^ (n >>> 14)) >>> 0) / 2 ** 32
  }

  below(limit: number) {
    return Math.floor(this.next() * limit)
  }

  /** True once in so many times. */
  oneIn(times: number) {
    return this.below(times) === 0
  }

  of<A>(values: ReadonlyArray<A>) {
    return values[this.below(values.length)] as A
  }
}
