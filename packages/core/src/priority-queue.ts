import type { Priority } from './call-overrides.ts'

const RANKS: Readonly<Record<Priority, 0 | 1 | 2>> = { critical: 0, default: 1, background: 2 }

/** What can stand in a {@link PriorityQueue}: a link of a list, so that leaving from the middle costs no search. */
export class QueueEntry {
  readonly rank: 0 | 1 | 2
  /** Permits it waits for. */
  readonly weight: number
  previous: QueueEntry | undefined = undefined
  next: QueueEntry | undefined = undefined
  isQueued = false

  constructor(priority: Priority, weight: number) {
    this.rank = RANKS[priority]
    this.weight = weight
  }
}

interface Line {
  first: QueueEntry | undefined
  last: QueueEntry | undefined
  size: number
  weight: number
}

const emptyLine = (): Line => ({ first: undefined, last: undefined, size: 0, weight: 0 })

/** Who waits, critical before default before background and first come first served within each; every step is O(1). */
export class PriorityQueue<Entry extends QueueEntry> {
  readonly #lines: readonly [Line, Line, Line] = [emptyLine(), emptyLine(), emptyLine()]
  size = 0

  push(entry: Entry): void {
    const line = this.#lines[entry.rank]
    entry.previous = line.last
    if (line.last === undefined) line.first = entry
    else line.last.next = entry
    line.last = entry
    line.size += 1
    line.weight += entry.weight
    this.size += 1
    entry.isQueued = true
  }

  /** The one to serve next. */
  peek(): Entry | undefined {
    const [critical, standard, background] = this.#lines
    return (critical.first ?? standard.first ?? background.first) as Entry | undefined
  }

  /** Takes an entry out wherever it stands; false when it was not waiting. */
  remove(entry: Entry): boolean {
    if (!entry.isQueued) return false
    const line = this.#lines[entry.rank]
    if (entry.previous === undefined) line.first = entry.next
    else entry.previous.next = entry.next
    if (entry.next === undefined) line.last = entry.previous
    else entry.next.previous = entry.previous
    entry.previous = entry.next = undefined
    entry.isQueued = false
    line.size -= 1
    // Sums of fractions drift; an empty line is exactly 0 again.
    line.weight = line.size === 0 ? 0 : line.weight - entry.weight
    this.size -= 1
    return true
  }

  /** How many a newcomer of this priority would stand behind. */
  sizeAhead(priority: Priority): number {
    return this.#sumAhead(priority, (line) => line.size)
  }

  /** How many permits a newcomer of this priority would stand behind. */
  weightAhead(priority: Priority): number {
    return this.#sumAhead(priority, (line) => line.weight)
  }

  #sumAhead(priority: Priority, amount: (line: Line) => number): number {
    let sum = 0
    for (let rank = 0; rank <= RANKS[priority]; rank += 1) sum += amount(this.#lines[rank as 0 | 1 | 2])
    return sum
  }
}
