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
const ORDER_WITHIN_MS = 60_000

interface Entry {
  readonly group: ErrorGroup
  movedMs: number
}

/** Error groups by fingerprint, bounded; what leaves or finds no room is counted as folded. */
export class ErrorGroups {
  // In the order of their last occurrence, exact to a minute: moving an entry at each one would cost as much as counting.
  readonly #entries = new Map<string, Entry>()
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
    const known = this.#entries.get(fingerprint)
    if (known !== undefined) {
      known.group.count += 1
      known.group.lastMs = nowMs
      if (nowMs - known.movedMs >= ORDER_WITHIN_MS) this.#move(fingerprint, known, nowMs)
      return false
    }
    if (this.#entries.size >= this.#most && !this.#makeRoom(nowMs)) {
      this.folded += 1
      return false
    }
    const group = { fingerprint, ...describe(), count: 1, firstMs: nowMs, lastMs: nowMs }
    this.#entries.set(fingerprint, { group, movedMs: nowMs })
    return true
  }

  /** The most frequent first. */
  top(most: number): readonly ErrorGroup[] {
    return Array.from(this.#entries.values(), ({ group }) => group)
      .toSorted((left, right) => right.count - left.count || right.lastMs - left.lastMs)
      .slice(0, most)
      .map((group) => ({ ...group }))
  }

  #move(fingerprint: string, entry: Entry, nowMs: number): void {
    entry.movedMs = nowMs
    this.#entries.delete(fingerprint)
    this.#entries.set(fingerprint, entry)
  }

  // A group that was quiet for an hour gives its place away; in a flood of new ones the known ones stay.
  #makeRoom(nowMs: number): boolean {
    const [oldest] = this.#entries.values()
    if (oldest === undefined || nowMs - oldest.group.lastMs <= QUIET_MS) return false
    this.#entries.delete(oldest.group.fingerprint)
    this.folded += oldest.group.count
    return true
  }
}
