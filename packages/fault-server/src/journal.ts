/** One request as the server saw it. Complete once `settledAtMs` is set. */
export interface JournalEntry {
  /** Number of the request since the server was made, from 1. */
  readonly seq: number
  /** Arrival of the complete header section, milliseconds since the server was made (monotonic). */
  readonly atMs: number
  readonly method: string
  /** Path without the query. */
  readonly path: string
  /** Query without the question mark. */
  readonly query: string
  /** The header fields named in `journal.headers`. */
  readonly headers: Readonly<Record<string, string>>
  /** Number of the connection since the server was made, from 1; equal numbers mean a reused connection. */
  readonly connectionId: number
  /** Length of the request body; `null` when the body was not read to its end. */
  readonly bodyBytes: number | null
  /** SHA-256 of the request body in hexadecimal; `null` when the body was not read to its end. */
  readonly bodySha256: string | null
  /** The request body as UTF-8 text, with `journal.bodies`. */
  readonly body?: string
  /** Whether the server carried out the request, whatever the client got to see of it. */
  readonly processed: boolean
  /** What was answered, such as `200`, `503 drip` or `reset after-reading`. */
  readonly answered: string
  /** Status sent; `null` when none was. */
  readonly status: number | null
  /** End of the exchange, on the scale of `atMs`; `null` while it is under way. */
  readonly settledAtMs: number | null
  /** The client closed the connection before the answer was complete. */
  readonly clientLeft: boolean
}

/** Which parts of a request the journal keeps. */
export interface JournalOptions {
  /** Header names to keep, in any case; default none. */
  readonly headers?: readonly string[]
  /** Keep request bodies as text, default false. */
  readonly bodies?: boolean
  /** Keep every byte that arrives, for `received()`; default false, because it may hold secrets and much memory. */
  readonly wire?: boolean
  /** Oldest entries are dropped above this number, default 1,000,000. */
  readonly maxEntries?: number
}

/** The server's own record of what reached it. */
export interface Journal {
  /** Entries by arrival. */
  readonly entries: readonly JournalEntry[]
  /** Number of entries for which `matches` holds; all when omitted. */
  count(matches?: (entry: JournalEntry) => boolean): number
  /** Drops all entries; numbers go on. */
  clear(): void
}

/** Entry while the exchange is under way. */
export type OpenEntry = { -readonly [Name in keyof JournalEntry]: JournalEntry[Name] }

/** The journal with its writing side, for the server alone. */
export interface WritableJournal extends Journal {
  add(entry: OpenEntry): void
}

/** An empty journal that keeps at most `maxEntries`. */
export function createJournal(maxEntries: number): WritableJournal {
  let entries: OpenEntry[] = []
  return {
    get entries() {
      return entries
    },
    count(matches) {
      return matches === undefined ? entries.length : entries.filter((entry) => matches(entry)).length
    },
    clear() {
      entries = []
    },
    add(entry) {
      entries.push(entry)
      if (entries.length > maxEntries) entries.shift()
    },
  }
}
