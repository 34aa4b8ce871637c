import { DeadLetterError } from '../dead-letter-error.ts'
import type { Dialect } from './dialect.ts'
import { numberOf } from './rows.ts'
import { TABLE } from './schema.ts'

/** How much a queue may hold. */
export interface CapOptions {
  /** Letters, 1 or more. Default 100,000. */
  readonly maxRows: number
  /** Bytes of paths, headers and bodies, 1 or more. Default 256 MiB. */
  readonly maxBytes: number
}

const MEGABYTE = 1_048_576

/** @throws {TypeError} For a number that is none or below 1. */
export const capsOf = (owner: string, given: Partial<CapOptions>): CapOptions => {
  const caps = { maxRows: given.maxRows ?? 100_000, maxBytes: given.maxBytes ?? 256 * MEGABYTE }
  for (const [name, value] of Object.entries(caps)) {
    if (!Number.isSafeInteger(value) || value < 1)
      throw new TypeError(`${owner}: option "${name}" must be an integer of 1 or more, but is ${String(value)}.`)
  }
  return caps
}

// Counting all rows for every letter would make a long queue slow; other processes may add this long unseen.
const COUNTED_LETTERS = 100
const DROPPED_AT_ONCE = 100

/** Keeps a queue within its caps: the oldest done letters go first, then a new one is refused. */
export class Caps {
  readonly #dialect: Dialect
  readonly #options: CapOptions
  #rows = 0
  #bytes = 0
  #sinceCount = Infinity

  constructor(dialect: Dialect, options: CapOptions) {
    this.#dialect = dialect
    this.#options = options
  }

  /** Counts anew before the next letter. */
  forget(): void {
    this.#sinceCount = Infinity
  }

  /** @throws {DeadLetterError} `queue-full` when nothing is left that may be dropped. */
  async makeRoom(bytes: number): Promise<void> {
    const { maxRows, maxBytes } = this.#options
    const fits = (): boolean => this.#rows + 1 <= maxRows && this.#bytes + bytes <= maxBytes
    if (this.#sinceCount >= COUNTED_LETTERS || !fits()) await this.#count()
    while (!fits()) {
      const dropped = await this.#dialect.change(
        `DELETE FROM ${TABLE} WHERE seq IN (SELECT seq FROM ${TABLE} WHERE status IN ('replayed', 'discarded')
           ORDER BY seq LIMIT ${DROPPED_AT_ONCE})`,
        [],
      )
      if (dropped === 0) {
        throw new DeadLetterError(
          'queue-full',
          `the queue holds ${this.#rows} letters with ${this.#bytes} bytes, and none that is done. ` +
            `Replay, export or discard letters, or raise "maxRows" (${maxRows}) or "maxBytes" (${maxBytes}).`,
        )
      }
      await this.#count()
    }
    this.#rows += 1
    this.#bytes += bytes
    this.#sinceCount += 1
  }

  async #count(): Promise<void> {
    const [row] = await this.#dialect.rows(
      `SELECT count(*) AS letters, coalesce(sum(size_bytes), 0) AS bytes FROM ${TABLE}`,
      [],
    )
    this.#rows = numberOf(row?.['letters'])
    this.#bytes = numberOf(row?.['bytes'])
    this.#sinceCount = 0
  }
}
