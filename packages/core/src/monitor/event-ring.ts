/** Successes and errors by time slice, for rates over spans up to the length of the ring; O(1) to add, no timers. */
export class EventRing {
  readonly #sliceMs: number
  readonly #errors: Uint32Array
  readonly #total: Uint32Array
  #head = -1
  // Of the slice under way, so that most events need no division.
  #place = 0
  #endsMs = -Infinity

  constructor(sliceMs: number, slices: number) {
    this.#sliceMs = sliceMs
    this.#errors = new Uint32Array(slices)
    this.#total = new Uint32Array(slices)
  }

  add(isError: boolean, nowMs: number): void {
    if (nowMs >= this.#endsMs) this.#advance(nowMs)
    const place = this.#place
    this.#total[place] = (this.#total[place] as number) + 1
    if (isError) this.#errors[place] = (this.#errors[place] as number) + 1
  }

  /** Counts of the last `spanMs`, rounded up to whole slices. */
  counts(spanMs: number, nowMs: number): { readonly errors: number; readonly total: number } {
    if (nowMs >= this.#endsMs) this.#advance(nowMs)
    const slices = Math.min(this.#total.length, Math.ceil(spanMs / this.#sliceMs))
    let errors = 0
    let total = 0
    for (let back = 0; back < slices; back += 1) {
      const place = this.#placeOf(this.#head - back)
      errors += this.#errors[place] as number
      total += this.#total[place] as number
    }
    return { errors, total }
  }

  #advance(nowMs: number): void {
    const index = Math.floor(nowMs / this.#sliceMs)
    if (this.#head < 0) this.#head = index
    // After a pause longer than the ring every slice is cleared, whatever its place.
    const steps = Math.min(index - this.#head, this.#total.length)
    for (let step = 1; step <= steps; step += 1) {
      const place = this.#placeOf(this.#head + step)
      this.#errors[place] = 0
      this.#total[place] = 0
    }
    this.#head = index
    this.#place = this.#placeOf(index)
    this.#endsMs = (index + 1) * this.#sliceMs
  }

  #placeOf(index: number): number {
    const { length } = this.#total
    return ((index % length) + length) % length
  }
}
