/** All occurrences of one fingerprint. */
export interface ErrorGroup {
  readonly fingerprint: string
  readonly code: string
  readonly category: string
  readonly upstream: string | undefined
  readonly route: string | undefined
  /** Of the first occurrence, scrubbed. */
  readonly message: string
  count: number
  readonly firstMs: number
  lastMs: number
}

const QUIET_MS = 3_600_000
const LOOK_AT = 8

/** Error groups by fingerprint, bounded; what leaves or finds no room is counted as folded. */
export class ErrorGroups {
  readonly #groups = new Map<string, ErrorGroup>()
  readonly #most: number
  folded = 0

  constructor(most: number) {
    this.#most = most
  }

  /** Counts one occurrence; true for a fingerprint that was not known. */
  count(
    fingerprint: string,
    nowMs: number,
    describe: () => Omit<ErrorGroup, 'fingerprint' | 'count' | 'firstMs' | 'lastMs'>,
  ): boolean {
    const known = this.#groups.get(fingerprint)
    if (known !== undefined) {
      known.count += 1
      known.lastMs = nowMs
      return false
    }
    if (this.#groups.size >= this.#most && !this.#makeRoom(nowMs)) {
      this.folded += 1
      return false
    }
    this.#groups.set(fingerprint, { fingerprint, ...describe(), count: 1, firstMs: nowMs, lastMs: nowMs })
    return true
  }

  /** The most frequent first. */
  top(most: number): readonly ErrorGroup[] {
    return [...this.#groups.values()]
      .toSorted((left, right) => right.count - left.count || right.lastMs - left.lastMs)
      .slice(0, most)
      .map((group) => ({ ...group }))
  }

  get size(): number {
    return this.#groups.size
  }

  // A group that was quiet for an hour gives its place away; in a flood of new ones the known ones stay.
  #makeRoom(nowMs: number): boolean {
    let looked = 0
    for (const [fingerprint, group] of this.#groups) {
      this.#groups.delete(fingerprint)
      if (nowMs - group.lastMs > QUIET_MS) {
        this.folded += group.count
        return true
      }
      // To the end of the line, so that the next search looks at others.
      this.#groups.set(fingerprint, group)
      if ((looked += 1) >= LOOK_AT) break
    }
    return false
  }
}
