import { chmodSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

export interface StoredTokens {
  readonly accessToken: string
  readonly expiresAtMs: number
  readonly refreshToken: string
  readonly scopes: readonly string[]
  readonly consentAtMs: number
}

interface Row {
  readonly access_token: string
  readonly expires_at_ms: number
  readonly refresh_token: string
  readonly scopes: string
  readonly consent_at_ms: number
}

const LEASE_MS = 30_000

/**
 * Tokens in a SQLite file of their own, so that a write happens wholly or not at all, and that several processes agree
 * which of them refreshes. The file is readable by its owner alone.
 */
export class TokenStore {
  readonly #database: DatabaseSync

  constructor(path: string) {
    if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true })
    this.#database = new DatabaseSync(path, { timeout: 5_000 })
    if (path !== ':memory:') chmodSync(path, 0o600)
    this.#database.exec(`
      PRAGMA journal_mode = WAL;
      PRAGMA synchronous = FULL;
      CREATE TABLE IF NOT EXISTS token (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        access_token TEXT NOT NULL,
        expires_at_ms INTEGER NOT NULL,
        refresh_token TEXT NOT NULL,
        scopes TEXT NOT NULL,
        consent_at_ms INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE IF NOT EXISTS lease (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        owner TEXT NOT NULL,
        until_ms INTEGER NOT NULL
      ) STRICT;`)
  }

  read(): StoredTokens | undefined {
    const row = this.#database.prepare('SELECT * FROM token WHERE id = 1').get() as Row | undefined
    if (row === undefined) return undefined
    return {
      accessToken: row.access_token,
      expiresAtMs: row.expires_at_ms,
      refreshToken: row.refresh_token,
      scopes: row.scopes.split(' ').filter((scope) => scope !== ''),
      consentAtMs: row.consent_at_ms,
    }
  }

  write({ accessToken, expiresAtMs, refreshToken, scopes, consentAtMs }: StoredTokens): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO token VALUES (1, ?, ?, ?, ?, ?)')
      .run(accessToken, expiresAtMs, refreshToken, scopes.join(' '), consentAtMs)
  }

  /** Forgets the tokens if the refresh token is still this one: another process may have got a new consent. */
  discard(refreshToken: string): void {
    this.#database.prepare('DELETE FROM token WHERE refresh_token = ?').run(refreshToken)
  }

  /** Whether the caller may refresh now; nobody else may until it releases or half a minute has passed. */
  acquire(owner: string, nowMs: number): boolean {
    const { changes } = this.#database
      .prepare(
        `INSERT INTO lease VALUES (1, ?, ?)
         ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, until_ms = excluded.until_ms WHERE until_ms <= ?`,
      )
      .run(owner, nowMs + LEASE_MS, nowMs)
    return Number(changes) === 1
  }

  release(owner: string): void {
    this.#database.prepare('DELETE FROM lease WHERE owner = ?').run(owner)
  }

  close(): void {
    this.#database.close()
  }
}
