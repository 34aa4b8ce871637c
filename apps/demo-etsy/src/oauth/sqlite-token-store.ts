import type { DatabaseSync } from 'node:sqlite'
import type { TokenSet, TokenStore } from './token-set.ts'

/**
 * Keeps the tokens in one row of a SQLite database; a save is one statement, so it is there whole or not at all.
 * The old pair is replaced only by a new one: a failed refresh leaves it where it is.
 */
export class SqliteTokenStore implements TokenStore {
  readonly #database: DatabaseSync

  constructor(database: DatabaseSync) {
    this.#database = database
    database.exec(
      'create table if not exists oauth_token (id integer primary key check (id = 1), access_token text not null, refresh_token text not null, expires_at_ms integer not null, consent_needed text)',
    )
  }

  load(): TokenSet | undefined {
    const row = this.#database.prepare('select * from oauth_token where id = 1').get()
    if (row === undefined) return undefined
    return {
      accessToken: String(row['access_token']),
      refreshToken: String(row['refresh_token']),
      expiresAtMs: Number(row['expires_at_ms']),
    }
  }

  save({ accessToken, refreshToken, expiresAtMs }: TokenSet): void {
    this.#database
      .prepare('insert or replace into oauth_token values (1, ?, ?, ?, null)')
      .run(accessToken, refreshToken, Math.floor(expiresAtMs))
  }

  get consentNeeded(): string | undefined {
    const row = this.#database.prepare('select consent_needed from oauth_token where id = 1').get()
    if (row === undefined) return 'no shop is connected yet'
    return row['consent_needed'] === null ? undefined : String(row['consent_needed'])
  }

  requireConsent(reason: string): void {
    this.#database.prepare('update oauth_token set consent_needed = ? where id = 1').run(reason)
  }
}
