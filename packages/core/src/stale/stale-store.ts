import { checkOptions, integer, withDefaults } from '../option-checks.ts'
import type { PackedAnswer } from '../call.ts'
import type { Freshness } from './freshness.ts'

/** What is stored under a key: an answer, or the names of the request headers that choose one among several. */
export type StaleRecord =
  | {
      readonly v: 1
      readonly kind: 'answer'
      readonly answer: PackedAnswer
      readonly freshness: Freshness
      /** Milliseconds since 1970. */
      readonly answeredAtMs: number
    }
  | { readonly v: 1; readonly kind: 'variants'; readonly names: readonly string[] }

/**
 * Where answers wait for an error.
 *
 * Keys are 64 hexadecimal digits and tell nothing about the request. A store that throws, rejects or is slow never fails a
 * call: the call goes on as if nothing were stored.
 */
export interface StaleStore {
  get(key: string): StaleRecord | undefined | Promise<StaleRecord | undefined>
  /** @param ttlMs - After this long the record is of no use any more. */
  set(key: string, record: StaleRecord, ttlMs: number): unknown
  delete(key: string): unknown
}

export interface MemoryStaleStoreOptions {
  /** All records together; the least recently used leave first. Default 16_777_216 (16 MiB). */
  readonly maxBytes: number
}

const DEFAULTS: MemoryStaleStoreOptions = { maxBytes: 16_777_216 }

// A key, two map entries and the objects of a record, measured roughly.
const OVERHEAD_BYTES = 512

const bytesOf = (record: StaleRecord): number => {
  if (record.kind === 'variants') return OVERHEAD_BYTES + 2 * record.names.join().length
  const { headers, body } = record.answer
  const headerLength = headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0)
  // A string takes up to two bytes a character.
  return OVERHEAD_BYTES + 2 * headerLength + (typeof body === 'string' ? 2 * body.length : body.byteLength)
}

/** How full a {@link memoryStaleStore} is. */
export interface MemoryStaleStore extends StaleStore {
  readonly bytes: number
  readonly size: number
}

class Memory implements MemoryStaleStore {
  readonly #records = new Map<string, { readonly record: StaleRecord; readonly bytes: number }>()
  readonly #maxBytes: number
  bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  get size(): number {
    return this.#records.size
  }

  get(key: string): StaleRecord | undefined {
    const found = this.#records.get(key)
    if (found === undefined) return undefined
    // To the young end of the map's order.
    this.#records.delete(key)
    this.#records.set(key, found)
    return found.record
  }

  set(key: string, record: StaleRecord): void {
    this.delete(key)
    const bytes = bytesOf(record)
    if (bytes > this.#maxBytes) return
    this.#records.set(key, { record, bytes })
    this.bytes += bytes
    for (const oldest of this.#records.keys()) {
      if (this.bytes <= this.#maxBytes) break
      this.delete(oldest)
    }
  }

  delete(key: string): void {
    const found = this.#records.get(key)
    if (found === undefined) return
    this.#records.delete(key)
    this.bytes -= found.bytes
  }
}

/**
 * Keeps answers in this process, bounded by bytes; the least recently used leave first. Needs no timer.
 *
 * @throws {TypeError} For a bad option.
 */
export const memoryStaleStore = (options: Partial<MemoryStaleStoreOptions> = {}): MemoryStaleStore => {
  checkOptions('memoryStaleStore', options, { maxBytes: integer(1, Number.MAX_SAFE_INTEGER) })
  return new Memory(withDefaults(DEFAULTS, options).maxBytes)
}
