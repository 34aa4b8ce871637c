import type { DatabaseSync } from 'node:sqlite'
import { LimitStore } from './limit-store.ts'
import { openDatabase, type OpenOptions } from './open-database.ts'
import { PlaylistStore } from './playlist-store.ts'
import { RunStore } from './run-store.ts'
import { SnapshotStore } from './snapshot-store.ts'

/** Everything that the time machine keeps, in one SQLite file. */
export interface Store {
  readonly database: DatabaseSync
  readonly snapshots: SnapshotStore
  readonly runs: RunStore
  readonly limits: LimitStore
  readonly playlists: PlaylistStore
  close(): void
}

/** @throws {ServiceError} As `openDatabase` does. */
export const openStore = (path: string, options?: OpenOptions): Store => {
  const database = openDatabase(path, options)
  return {
    database,
    snapshots: new SnapshotStore(database),
    runs: new RunStore(database),
    limits: new LimitStore(database),
    playlists: new PlaylistStore(database),
    close: () => database.close(),
  }
}
