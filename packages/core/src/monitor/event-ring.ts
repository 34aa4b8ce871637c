/** Successes and errors by time slice, for rates over spans up to the length of the ring; O(1) to add, no timers. */
export class EventRing {
  readonly #sliceMs: number
  readonly #errors: Uint32Array
  readonly #total: Uint32Array
  #head = -1

  constructor(sliceMs: number, slices: number) {
    this.#sliceMs = sliceMs
    this.#errors = new Uint32Array(slices)
    this.#total = new Uint32Array(slices)
  }

  add(isError: boolean, nowMs: number): void {
    const place = this.#advance(nowMs)
    this.#total[place] = (this.#total[place] as number) + 1
    if (isError) this.#errors[place] = (this.#errors[place] as number) + 1
  }

  /** Counts of the last `spanMs`, rounded up to whole slices. */
  counts(spanMs: number, nowMs: number): { readonly errors: number; readonly total: number } {
    this.#advance(nowMs)
    const slices = Math.min(this.#total.length, Math.ceil(spanMs / this.#sliceMs))
    let errors = 0
    let total = 0
    for (let back = 0; back < slices; back += 1) {
      const place = this.#place(this.#head - back)
      errors += this.#errors[place] as number
      total += this.#total[place] as number
    }
    return { errors, total }
  }

  #advance(nowMs: number): number {
    const index = Math.floor(nowMs / this.#sliceMs)
    if (this.#head < 0) this.#head = index
    const steps = Math.min(index - this.#head, this.#total.length)
    for (let step = 1; step <= steps; step += 1) {
      const place = this.#place(this.#head + step)
      this.#errors[place] = 0
      this.#total[place] = 0
    }
    if (index > this.#head) {
      // After a pause longer than the ring every slice was cleared, whatever its place.
      this.#head = index
    }
    return this.#place(this.#head)
  }

  #place(index: number): number {
    const { length } = this.#total
    return ((index % length) + length) % length
  }
}
